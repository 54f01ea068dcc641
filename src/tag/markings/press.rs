//! Embargoes in the press and in letters: the press writes of embargoes on oil and arms too.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::Hold;
use crate::text::embargo;
use crate::text::tokens::fold;

use super::titles::Part;

/// Longest line of the press that says of itself until when nobody may publish it.
const EMBARGO: usize = 200;
/// Most words of a line of the press that begins by an embargo and names a day.
const SAID: usize = 20;

/// The embargo that a line of the press says of itself. It writes of embargoes on oil and arms too: one on itself says
/// until when, or stands alone, and is not over.
pub(super) fn own_embargo(part: Part<'_>, place: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    // Of a long line its beginning: programs set the dateline and the text behind it.
    let end = part.text.char_indices().nth(EMBARGO).map_or(part.text.len(), |(end, _)| end);
    let (raw, whole_line) = (&part.text[..end], end == part.text.len());
    let lower = raw.to_lowercase();
    if !(lower.contains("embargo") || lower.contains("sperrfrist") || embargo::is_before(&fold(raw))) {
        return None;
    }
    // `Communiqué de presse – sous embargo jusqu'au …`.
    let pieces = [" – ", " — ", " - ", " | ", " / "]
        .iter()
        .fold(vec![raw], |pieces, dash| pieces.into_iter().flat_map(|piece| piece.split(dash)).collect());
    let plain = |piece: &str| fold(piece.trim_start_matches(|c: char| !c.is_alphanumeric()));
    let whole = plain(raw);
    // Of a subject the first word is enough: `Embargo – nos résultats`.
    let first = part.certain
        && ["embargo", "embargoed", "sous embargo"].iter().any(|word| {
            let rest = whole.strip_prefix(word).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with([':', '-', '–', '|', ']', ')']))
        });
    let names = first || pieces.iter().any(|piece| names_own_embargo(&plain(piece)));
    let until = (names || embargo::speaks(&whole)).then(|| embargo::end(&whole, sent, zone)).flatten();
    let held = names || until.is_some() && whole_line;
    held.then(|| Hold { why: format!("an embargo in the {place}"), until: until.filter(|_| whole_line) })
}

/// True for a short line by which the sender of a letter asks to wait with it, in whatever words.
pub(super) fn asks_to_wait(raw: &str, sent: Timestamp, zone: &TimeZone) -> bool {
    let today = sent.to_zoned(zone.clone()).date();
    raw.split_whitespace().count() <= SAID && embargo::forbids(&fold(raw), today)
}

/// True for the words of an embargo on itself, which says until when, or stands alone, and is not over.
fn names_own_embargo(line: &str) -> bool {
    // Right behind the word: it is over.
    let over =
        ["depuis", "since", "jusqu'a ce matin", "jusqu'a ce jour", "jusqu'a hier", "jusqu'a present", "until now"];
    let rest =
        ["sous embargo", "under embargo", "embargoed", "embargo"].iter().find_map(|word| line.strip_prefix(word));
    if rest.is_some_and(|rest| over.iter().any(|word| rest.trim_start().starts_with(word))) {
        return false;
    }
    let until = ["jusqu", "until", "till ", "further notice", "nouvel ordre", "market close"]
        .iter()
        .any(|word| line.contains(word));
    let begins = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let alone = line.strip_prefix("embargo").or_else(|| line.strip_prefix("sous embargo")).is_some_and(|rest| {
        let mut said = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        said.all(|word| ["presse", "press", "media", "strict", "total", "absolu"].contains(&word))
    });
    let said = begins(&["sous embargo", "under embargo", "embargo", "embargoed", "strict embargo", "press embargo"])
        || embargo::begins(line);
    let dated = line.split_whitespace().count() <= SAID && embargo::is_dated(line);
    alone || said && (until || dated) && embargo::speaks(line)
}
