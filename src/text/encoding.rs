//! Bytes to text, as browsers decide: byte-order mark, valid UTF-8, what HTTP or the document says, windows-1252.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes at the head of a document where it may declare its encoding.
const HEAD: usize = 2048;

/// Decodes `bytes`. `content_type` is the header of HTTP; the document's own word is what follows `encoding=` (XML) or
/// `charset=` (HTML) in its head. Gives the text, and what had to be mended.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, Option<String>) {
    let as_told =
        |encoding: &'static Encoding, bytes: &[u8]| encoding.decode_without_bom_handling(bytes).0.into_owned();
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (as_told(encoding, &bytes[length..]), None);
    }
    match bytes {
        [0, b'<' | b'{', ..] => return (as_told(UTF_16BE, bytes), None),
        [b'<' | b'{', 0, ..] => return (as_told(UTF_16LE, bytes), None),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let said = content_type
        .and_then(|value| label(&value.to_ascii_lowercase(), "charset="))
        .or_else(|| label(&head, "encoding="))
        .or_else(|| label(&head, "charset="));
    if let Some(encoding) = said.filter(|encoding| *encoding != UTF_8) {
        return (as_told(encoding, bytes), None);
    }
    let text = as_told(UTF_8, bytes);
    let broken = text.matches('\u{fffd}').count();
    if broken * 20 < text.chars().filter(|c| !c.is_ascii()).count().max(1) {
        return (text, Some(format!("encoding: {broken} bytes are not UTF-8 and were replaced")));
    }
    (as_told(WINDOWS_1252, bytes), Some("encoding: not UTF-8, read as windows-1252".to_owned()))
}

/// The encoding named after `key`, if there is one of that name.
fn label(text: &str, key: &str) -> Option<&'static Encoding> {
    let after = text.split(key).nth(1)?.trim_start_matches(['"', '\'', ' ']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(after.len());
    Encoding::for_label(after.get(..end)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_first_then_what_is_said() {
        let text = |bytes: &[u8], http| decode(bytes, http).0;
        assert_eq!(text("été".as_bytes(), Some("text/html; charset=iso-8859-1")), "été");
        assert_eq!(text(b"\xe9t\xe9", Some("text/html; charset=iso-8859-1")), "été");
        assert_eq!(text(b"<?xml encoding='iso-8859-1'?>\xe9", None), "<?xml encoding='iso-8859-1'?>é");
        assert_eq!(text(b"<meta charset=\"iso-8859-1\">\xe9", None), "<meta charset=\"iso-8859-1\">é");
        assert_eq!(decode(b"\x93oui\x94", None).0, "“oui”");
    }
}
