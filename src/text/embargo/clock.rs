//! Hours in words: `8h30`, `8 h 30`, `08:30`, `8 am`, `1430 GMT`, `quatorze heures`, `midi`, `minuit`.

use jiff::civil::Time;

use super::zone;

/// French hours in letters.
const LETTERS: [&str; 25] = [
    "zero",
    "une",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
    "vingt",
    "vingt-et-une",
    "vingt-deux",
    "vingt-trois",
    "vingt-quatre",
];
/// Minutes in letters.
const MINUTES: [(&str, i8); 3] = [("quinze", 15), ("trente", 30), ("quarante-cinq", 45)];

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// This one.
    At(Time),
    /// The midnight that ends the day.
    EndOfDay,
}

/// What begins at a word.
pub(super) enum Read {
    /// No hour.
    No,
    /// An hour that does not exist, or is not understood.
    Unknown,
    /// An hour, and the place behind it.
    Clock(Clock, usize),
}

/// The hour that begins at a word.
pub(super) fn read(words: &[&str], at: usize) -> Read {
    match words[at] {
        // "Après-midi" is another word.
        "midi" | "noon" => return Read::Clock(Clock::At(Time::constant(12, 0, 0, 0)), at + 1),
        "minuit" | "midnight" => return Read::Clock(Clock::EndOfDay, at + 1),
        _ => {}
    }
    let Some((hour, minute, next)) = figures(words, at) else { return Read::No };
    let (half, next) = half(words, at, next);
    let hour = match (hour, half) {
        (12, Some(false)) => 0,
        (hour, Some(true)) if hour < 12 => hour + 12,
        (hour, _) => hour,
    };
    if (hour, minute) == (24, 0) {
        return Read::Clock(Clock::EndOfDay, next);
    }
    Time::new(hour, minute, 0, 0).map_or(Read::Unknown, |time| Read::Clock(Clock::At(time), next))
}

/// True for a word that is an hour, or the end of one: what stands behind it may be its offset.
pub(super) fn is_like(word: &str) -> bool {
    word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit())
        || matches!(word, "am" | "pm" | "h" | "heures")
        || word.strip_suffix('h').is_some_and(|hour| hour.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Hour and minute as written, and the place behind them.
fn figures(words: &[&str], at: usize) -> Option<(i8, i8, usize)> {
    let word = words[at];
    let next = words.get(at + 1).copied().unwrap_or_default();
    let minute = |word: &str| (word.len() == 2).then(|| word.parse::<i8>().ok()).flatten();
    if let Some(hour) = LETTERS.iter().position(|name| *name == word).filter(|_| matches!(next, "heure" | "heures")) {
        let hour = i8::try_from(hour).ok()?;
        let after = words.get(at + 2).copied().unwrap_or_default();
        if let Some((_, minute)) = MINUTES.iter().find(|(name, _)| *name == after) {
            return Some((hour, *minute, at + 3));
        }
        let half = after == "et" && words.get(at + 3).is_some_and(|word| word.starts_with("demi"));
        return Some(if half { (hour, 30, at + 4) } else { (hour, 0, at + 2) });
    }
    let bare = word.trim_end_matches("am").trim_end_matches("pm");
    if bare.len() < word.len() && !bare.contains([':', '.']) {
        return Some((bare.parse().ok()?, 0, at + 1));
    }
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // `0930 GMT`, `1430 h`: four figures that are no year.
    let four = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    if four && (matches!(next, "h" | "hrs" | "hours") || zone::is_abbreviation(next)) {
        let after = at + 1 + usize::from(matches!(next, "h" | "hrs" | "hours"));
        return Some((word[..2].parse().ok()?, word[2..].parse().ok()?, after));
    }
    if let Some((hour, rest)) = bare.split_once(['h', ':']) {
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
        if !(seconds.len() == 2 && seconds.bytes().all(|byte| byte.is_ascii_digit())) {
            return None;
        }
        if hour.bytes().all(|byte| byte.is_ascii_digit()) {
            // `14h` and then `30`.
            return match (minutes, minute(next)) {
                ("", Some(minutes)) => Some((hour.parse().ok()?, minutes, at + 2)),
                ("", None) => Some((hour.parse().ok()?, 0, at + 1)),
                _ => Some((hour.parse().ok()?, minutes.parse().ok()?, at + 1)),
            };
        }
    }
    // `18.30` is a clock where no date has two figures.
    if let Some((hour, minutes)) = bare.split_once('.').filter(|(_, minutes)| minutes.len() == 2) {
        return Some((hour.parse().ok()?, minutes.parse().ok()?, at + 1));
    }
    let hour: i8 = bare.parse().ok()?;
    match next {
        "h" | "heures" | "heure" | "uhr" => match words.get(at + 2).and_then(|word| minute(word)) {
            Some(minutes) => Some((hour, minutes, at + 3)),
            None => Some((hour, 0, at + 2)),
        },
        "am" | "pm" => Some((hour, 0, at + 1)),
        // Nobody says which half of the day.
        "o" if words.get(at + 2) == Some(&"clock") => Some((if hour < 12 { hour + 12 } else { hour }, 0, at + 3)),
        _ => None,
    }
}

/// Whether the afternoon is meant, where something says so, and the place behind what says it.
fn half(words: &[&str], at: usize, next: usize) -> (Option<bool>, usize) {
    if words[at].ends_with("pm") || words[at].ends_with("am") {
        return (Some(words[at].ends_with("pm")), next);
    }
    let rest = &words[next.min(words.len())..];
    let pm = |word: &str| matches!(word, "pm" | "soir" | "apres-midi" | "afternoon" | "evening");
    let am = |word: &str| matches!(word, "am" | "matin" | "morning");
    // `du soir`, `de l'après-midi`, `in the morning`.
    let silent = rest.iter().take_while(|word| matches!(**word, "du" | "de" | "l" | "in" | "the")).take(2).count();
    match rest.get(silent) {
        Some(word) if pm(word) => (Some(true), next + silent + 1),
        Some(word) if am(word) => (Some(false), next + silent + 1),
        _ => (None, next),
    }
}
