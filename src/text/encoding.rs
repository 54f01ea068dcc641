//! Bytes to text, as browsers decide: byte-order mark, valid UTF-8, what HTTP or the document says, what the bytes look
//! like. Beyond browsers, UTF-32 and the code pages that old feeds declare (`codepages.txt`).

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes at the head of a document where it may declare its encoding.
const HEAD: usize = 2048;
/// Bytes shown to the detector.
const SAMPLE: usize = 64 << 10;

const CODE_PAGES: &str = include_str!("codepages.txt");

/// Decodes `bytes`. `content_type` is the header of HTTP; the document's own word is what follows `encoding=` (XML) or
/// `charset=` (HTML) in its head. Gives the text, and what had to be mended.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, Option<String>) {
    let as_told = |encoding: &'static Encoding, bytes: &'a [u8]| encoding.decode_without_bom_handling(bytes).0;
    if let Some(text) = utf32(bytes) {
        return (text.into(), Some("encoding: UTF-32, which browsers do not read".to_owned()));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (as_told(encoding, &bytes[length..]), None);
    }
    match bytes {
        [0, b'<' | b'{', ..] => return (as_told(UTF_16BE, bytes), None),
        [b'<' | b'{', 0, ..] => return (as_told(UTF_16LE, bytes), None),
        // `<?xm` in EBCDIC, whose variants agree on these letters.
        [0x4c, 0x6f, 0xa7, 0x94, ..] => {
            let (text, mended) = ebcdic(bytes);
            return (text.into(), mended);
        }
        _ => {}
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let by_http = content_type.and_then(|value| label(&value.to_ascii_lowercase(), "charset="));
    let said: Vec<String> =
        [by_http, label(&head, "encoding="), label(&head, "charset=")].into_iter().flatten().collect();
    let known = || said.iter().filter_map(|name| by_label(name));
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Escapes in ASCII hide the letters of this one.
        return match known().next() {
            Some(encoding) if encoding == ISO_2022_JP && bytes.contains(&0x1b) => (as_told(encoding, bytes), None),
            _ => (Cow::Borrowed(text), None),
        };
    }
    let impossible = [UTF_8, UTF_16BE, UTF_16LE];
    for name in &said {
        if let Some(encoding) = by_label(name) {
            if !impossible.contains(&encoding) {
                return (as_told(encoding, bytes), None);
            }
        } else if let Some(page) = code_page(name) {
            return (page.decode(bytes).into(), Some(format!("encoding: {name}, which browsers do not read")));
        }
    }
    let text = as_told(UTF_8, bytes);
    let broken = text.matches('\u{fffd}').count();
    // Letters of another encoding hardly ever form valid sequences: where these prevail, it is UTF-8 with a few faults.
    let valid = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    if valid > 2 * broken {
        return (text, Some(format!("encoding: {broken} bytes are not UTF-8 and were replaced")));
    }
    // Who says UTF-8 and is not is nearly always windows-1252; who says nothing may be anything.
    let found = if said.is_empty() { detect(bytes) } else { WINDOWS_1252 };
    (as_told(found, bytes), Some(format!("encoding: not UTF-8, read as {}", found.name().to_ascii_lowercase())))
}

/// An encoding of browsers by its name, or by one that Windows programs gave it.
fn by_label(name: &str) -> Option<&'static Encoding> {
    let name = match name {
        "ms-ansi" => "windows-1252",
        "ms-ee" => "windows-1250",
        "ms-cyrl" => "windows-1251",
        "ms-greek" => "windows-1253",
        "ms-turk" => "windows-1254",
        "ms-hebr" => "windows-1255",
        "ms-arab" => "windows-1256",
        "winbaltrim" => "windows-1257",
        other => &other.replace('_', "-"),
    };
    Encoding::for_label(name.as_bytes())
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(SAMPLE)], bytes.len() <= SAMPLE);
    detector.guess(None, Utf8Detection::Deny)
}

/// The name after `key`, if there is one.
fn label(text: &str, key: &str) -> Option<String> {
    let after = text.split(key).nth(1)?.trim_start_matches(['"', '\'', ' ']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(after.len());
    after.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// UTF-32 by its mark, or by the zeros around the first `<`.
fn utf32(bytes: &[u8]) -> Option<String> {
    let (big_endian, skip) = match bytes {
        [0, 0, 0xfe, 0xff, ..] => (true, 4),
        [0xff, 0xfe, 0, 0, ..] => (false, 4),
        [0, 0, 0, b'<', ..] => (true, 0),
        [b'<', 0, 0, 0, ..] => (false, 0),
        _ => return None,
    };
    let (units, _) = bytes[skip..].as_chunks::<4>();
    let number = |unit: &[u8; 4]| if big_endian { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
    Some(units.iter().map(|unit| char::from_u32(number(unit)).unwrap_or('\u{fffd}')).collect())
}

fn ebcdic(bytes: &[u8]) -> (String, Option<String>) {
    let common = code_page("cp037");
    let head = common.as_ref().map(|page| page.decode(&bytes[..bytes.len().min(HEAD)])).unwrap_or_default();
    let named = label(&head.to_ascii_lowercase(), "encoding=");
    let page = named.as_deref().and_then(code_page).or(common);
    let text = page.map(|page| page.decode(bytes)).unwrap_or_default();
    (text, Some("encoding: EBCDIC, which browsers do not read".to_owned()))
}

/// A line of `codepages.txt`.
struct CodePage {
    /// The byte that the first character stands for.
    first: usize,
    characters: Vec<char>,
}

fn code_page(name: &str) -> Option<CodePage> {
    let wanted: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let (_, codes) = CODE_PAGES
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(names, _)| names.split(',').any(|known| known == wanted))?;
    let characters: Vec<char> = codes
        .as_bytes()
        .chunks(4)
        .filter_map(|code| u32::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok())
        .map(|code| char::from_u32(code).unwrap_or('\u{fffd}'))
        .collect();
    Some(CodePage { first: 256 - characters.len().min(256), characters })
}

impl CodePage {
    fn decode(&self, bytes: &[u8]) -> String {
        let character = |byte: &u8| match usize::from(*byte).checked_sub(self.first) {
            Some(at) => self.characters.get(at).copied().unwrap_or('\u{fffd}'),
            None => char::from(*byte),
        };
        bytes.iter().map(character).collect()
    }
}

/// One letter in so many that is none makes a text noise.
const NOISE: usize = 10;

/// True for bytes of something else that were taken for a text.
pub fn is_noise(text: &str) -> bool {
    let noise = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}') || *c == '\u{fffd}';
    let (all, odd) = (text.chars().count(), text.chars().filter(noise).count());
    odd * NOISE > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_first_then_what_is_said() {
        let text = |bytes: &[u8], http| decode(bytes, http).0.into_owned();
        assert_eq!(text("été".as_bytes(), Some("text/html; charset=iso-8859-1")), "été");
        assert_eq!(text(b"\xe9t\xe9", Some("text/html; charset=iso-8859-1")), "été");
        assert_eq!(text(b"<?xml encoding='iso-8859-1'?>\xe9", None), "<?xml encoding='iso-8859-1'?>é");
        assert_eq!(text(b"<meta charset=\"iso-8859-1\">\xe9", None), "<meta charset=\"iso-8859-1\">é");
        assert_eq!(text(b"<?xml encoding='utf-8'?>\x93oui\x94", None), "<?xml encoding='utf-8'?>“oui”");
        assert_eq!(text("<?xml encoding='utf-16'?>é".as_bytes(), None), "<?xml encoding='utf-16'?>é");
    }

    #[test]
    fn undeclared_bytes_are_recognised() {
        let french = "<rss>L’été, la rénovation énergétique des écoles a été décidée à Besançon</rss>";
        let bytes = WINDOWS_1252.encode(french).0.into_owned();
        assert_eq!(decode(&bytes, None).0, french);
        let japanese = "<rss>ゲーム三昧な正月をずっとプレイしている</rss>";
        let bytes = encoding_rs::EUC_JP.encode(japanese).0.into_owned();
        assert_eq!(decode(&bytes, None).0, japanese);
    }

    #[test]
    fn encodings_of_old_machines_are_read() {
        assert_eq!(decode(b"<?xml encoding='cp437'?>\x82", None).0, "<?xml encoding='cp437'?>é");
        let wide: Vec<u8> = "<é".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(decode(&wide, None).0, "<é");
        let page = code_page("cp037").expect("the page");
        let text = "<?xml version='1.0' encoding='ebcdic-cp-us'?><rss/>";
        let byte = |c: char| {
            u8::try_from(page.characters.iter().position(|known| *known == c).expect("in it")).expect("a byte")
        };
        let bytes: Vec<u8> = text.chars().map(byte).collect();
        assert_eq!(decode(&bytes, None).0, text);
    }
}
