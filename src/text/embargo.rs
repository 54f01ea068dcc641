//! The end of an embargo, written in words: a day, perhaps an hour before or behind it, perhaps a zone.
//!
//! An end is believed only where every word up to the end of its sentence or line is understood: what is not may be an
//! hour, a zone or a condition, and then a person releases the text. Of several readings the latest counts.

mod clock;
mod day;
mod forms;
mod words;
mod zone;

pub use forms::{begins, forbids, is_before, is_dated, speaks};

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use clock::Clock;
use day::Day;
use words::{Words, in_pieces, words};
use zone::Zone;

/// Bytes behind the word in which the moment stands.
const NEAR: usize = 300;

/// Bytes behind its sentence in which it may be spoken of again; sentences or lines of them, and characters of a short one.
const AFTER: usize = 240;
const PIECES: usize = 3;
const SHORT: usize = 60;

/// Words that may stand in the clause without changing when it ends.
const SILENT: [&str; 121] = [
    "jusqu",
    "jusque",
    "au",
    "a",
    "le",
    "la",
    "les",
    "l",
    "du",
    "de",
    "des",
    "d",
    "en",
    "dans",
    "qu",
    "until",
    "till",
    "to",
    "on",
    "for",
    "the",
    "at",
    "of",
    "in",
    "from",
    "date",
    "leve",
    "levee",
    "lift",
    "lifts",
    "lifted",
    "ends",
    "end",
    "fin",
    "publication",
    "diffusion",
    "release",
    "published",
    "released",
    "diffuser",
    "publier",
    "communiquer",
    "partager",
    "rediffuser",
    "publish",
    "share",
    "hold",
    "interdite",
    "autorisee",
    "confidentiel",
    "confidentielle",
    "confidential",
    "strict",
    "stricte",
    "strictement",
    "strictly",
    "absolu",
    "total",
    "and",
    "et",
    "or",
    "ou",
    "entre",
    "between",
    "is",
    "est",
    "will",
    "be",
    "sera",
    "embargo",
    "embargoed",
    "sous",
    "under",
    "avant",
    "before",
    "ne",
    "pas",
    "not",
    "do",
    "partir",
    "merci",
    "please",
    "svp",
    "presse",
    "press",
    "media",
    "communique",
    "dossier",
    "jour",
    "journee",
    "day",
    "precises",
    "expires",
    "fixe",
    "valable",
    "ferme",
    "imperatif",
    "rien",
    "aucune",
    "no",
    "distribute",
    "distribution",
    "distributed",
    "circulate",
    "broadcast",
    "use",
    "used",
    "shared",
    "post",
    "must",
    "may",
    "after",
    "compter",
    "des",
    "relayer",
    "utiliser",
    "divulguer",
    "mettre",
    "ligne",
    "interne",
    "uhr",
];

/// Parts of the day: behind an hour they say which half of the day it is of, alone they end with the day at the latest.
const PARTS: [&str; 12] =
    ["matin", "matinee", "morning", "midi", "apres-midi", "afternoon", "soir", "soiree", "evening", "noon", "am", "pm"];

/// What is said of the end of an embargo.
enum Said {
    /// No day.
    Nothing,
    /// A day, and words that nobody understands.
    Vague,
    /// The instant.
    Until(Timestamp),
}

/// The end of the embargo of which a folded text speaks, in the zone it names, else in `zone`: the latest that can be meant.
/// A day without an hour ends with that day. `None` when no day can be read for sure, or one that had passed when the text
/// was sent: a person must release it.
pub fn end(text: &str, sent: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm");
    let text = text.replace("sperrfrist", "embargo");
    let mut latest: Option<Timestamp> = None;
    for (clause, after) in clauses(&text) {
        match read(clause, sent, zone) {
            Said::Nothing => {}
            Said::Vague => return None,
            Said::Until(end) if is_qualified(after, SHORT, end, zone) => return None,
            Said::Until(end) => latest = latest.max(Some(end)),
        }
    }
    latest.filter(|end| *end > sent)
}

/// What stands behind each word that begins an embargo, up to the end of its sentence or paragraph, or to the next; and
/// what is said after it.
fn clauses(text: &str) -> Vec<(&str, &str)> {
    let mut begins: Vec<usize> = text.match_indices("embargo").map(|(at, _)| at).collect();
    begins.extend(forms::places(text));
    begins.sort_unstable();
    begins.dedup();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    begins
        .iter()
        .zip(ends)
        .map(|(from, to)| {
            let near = up_to(&text[*from..to], NEAR);
            let clause = sentence(near);
            (clause, up_to(&text[from + clause.len()..], AFTER))
        })
        .collect()
}

fn up_to(text: &str, most: usize) -> &str {
    text.char_indices().find(|(at, _)| *at >= most).map_or(text, |(cut, _)| &text[..cut])
}

/// True where one of the next short sentences or lines speaks of the end again: it was put off, it is another for some, its
/// hour is that of another place.
fn is_qualified(after: &str, most: usize, end: Timestamp, zone: &TimeZone) -> bool {
    const SAYS: [&str; 19] = [
        "prolong",
        "reporte",
        "repouss",
        "maintenu",
        "sauf",
        "except",
        "unless",
        "extended",
        "postponed",
        "confirmer",
        "confirmed",
        "tbc",
        "horaire",
        "times",
        "restent",
        "reste",
        "apres",
        "after",
        "cloture",
    ];
    let last = end.to_zoned(zone.clone()).date();
    let pieces = after.split(['\n', '.', '!', '?', ';']).map(str::trim).filter(|piece| !piece.is_empty());
    pieces.take(PIECES).filter(|piece| piece.chars().count() <= most).any(|piece| {
        let words = words(piece).all;
        words.iter().any(|word| SAYS.iter().any(|says| word.starts_with(says)))
            || piece.starts_with("heure")
            || day::read_all(&words, last).is_some_and(|day| day > last)
    })
}

/// Up to the end of the sentence or of the paragraph. `Dec. 3` goes on.
fn sentence(text: &str) -> &str {
    let ends = text.char_indices().find(|(at, c)| {
        let rest = &text[at + c.len_utf8()..];
        let word = text[..*at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        // `déc. 2026`, `14 h. 30`.
        let cut = day::is_short_month(word)
            || word.ends_with('h') && rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        matches!(c, '!' | ']')
            || (*c == '.' && (rest.is_empty() || rest.starts_with([' ', '\n'])) && !cut && !text[..*at].ends_with('.'))
            || (*c == '\n' && rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'))
    });
    ends.map_or(text, |(at, _)| &text[..at])
}

/// What was read of a moment so far.
#[derive(Default)]
struct Moment {
    days: Vec<Day>,
    weekday: Option<Date>,
    /// Weekdays that are named.
    named: Vec<Weekday>,
    clocks: Vec<(Clock, Option<TimeZone>)>,
    zones: Vec<TimeZone>,
    whole: bool,
    /// The instant itself, written for machines.
    exact: Option<Timestamp>,
}

impl Moment {
    fn is_dated(&self) -> bool {
        !self.days.is_empty() || self.weekday.is_some() || self.exact.is_some()
    }

    /// The latest instant that it can be.
    fn latest(&self, today: Date, zone: &TimeZone) -> Option<Timestamp> {
        let written = day::resolve(&self.days, today)?;
        // "Vendredi 3 décembre", a Thursday: one of them is wrong.
        if written.is_some() && self.named.iter().any(|named| !day::falls_on(&self.days, *named, today)) {
            return None;
        }
        let last = written.or(self.weekday);
        let Some(last) = last else { return self.exact };
        let clocks = self.clocks.len();
        // Several days of which some have no hour: the hour may be another's.
        let known = !self.whole && clocks > 0 && (self.days.len() <= 1 || clocks >= self.days.len());
        let named: Vec<&TimeZone> =
            self.zones.iter().chain(self.clocks.iter().filter_map(|(_, own)| own.as_ref())).collect();
        let all = |own: Option<&TimeZone>| match own {
            // `6pm GMT (ET)`: nobody knows which.
            Some(own) => self.zones.iter().chain([own]).cloned().collect(),
            None if named.is_empty() => vec![zone.clone()],
            None => named.iter().map(|zone| (*zone).clone()).collect(),
        };
        let instant = |clock: Clock, zone: &TimeZone| {
            let at = match clock {
                Clock::At(time) => last.to_datetime(time),
                Clock::EndOfDay => last.tomorrow().ok()?.to_datetime(Time::midnight()),
            };
            zone.to_ambiguous_timestamp(at).compatible().ok()
        };
        let whole = [(Clock::EndOfDay, None)];
        let clocks: &[(Clock, Option<TimeZone>)] = if known { &self.clocks } else { &whole };
        let ends = clocks.iter().flat_map(|(clock, own)| {
            all(own.as_ref()).into_iter().map(move |zone| instant(*clock, &zone)).collect::<Vec<_>>()
        });
        // One that cannot be reckoned may be the latest.
        let ends: Option<Vec<Timestamp>> = ends.collect();
        ends?.into_iter().max().max(self.exact)
    }
}

/// True where words say that there is an end: one that nobody can read is not none.
fn names_an_end(words: &[&str]) -> bool {
    words.iter().any(|word| ["jusqu", "jusque", "until", "till", "avant", "before"].contains(word))
}

/// `2026-12-01T08:00`, without a zone.
fn civil(word: &str) -> Option<DateTime> {
    let written = word.contains('t') && word.contains(':');
    written.then(|| word.to_ascii_uppercase().parse().ok())?
}

fn read(clause: &str, sent: Timestamp, zone: &TimeZone) -> Said {
    let Words { all: words, first, parted } = words(clause);
    let today = sent.to_zoned(zone.clone()).date();
    let mut moment = Moment::default();
    let (mut at, mut behind_clock) = (0, false);
    // Where a dash stands behind a moment with its hour, and that moment.
    let mut complete: Option<(usize, Timestamp)> = None;
    while at < words.len() {
        let clock = clock::read(&words, at);
        let named = zone::read(&words, at, behind_clock);
        if parted[at] && complete.is_none() && moment.is_dated() && !moment.clocks.is_empty() {
            complete = moment.latest(today, zone).map(|end| (at, end));
        }
        // A new line goes on with the moment, or is another sentence.
        let goes_on = !matches!(clock, clock::Read::No)
            || !matches!(named, Zone::No)
            || matches!(words[at], "a" | "at")
            || zone::bare_offset(words[at]).is_some();
        if moment.is_dated() && first[at] && !goes_on {
            let Some(end) = moment.latest(today, zone) else { return Said::Vague };
            let rest = in_pieces(&words[at..], &first[at..], &parted[at..]);
            return if is_qualified(&rest, SHORT, end, zone) { Said::Vague } else { Said::Until(end) };
        }
        if let Some((exact, next)) =
            words[at].to_ascii_uppercase().parse::<Timestamp>().ok().map(|exact| (exact, at + 1))
        {
            moment.exact = moment.exact.max(Some(exact));
            (at, behind_clock) = (next, false);
        } else if let Some(civil) = civil(words[at]) {
            moment.days.push(Day::of(civil.date()));
            moment.clocks.push((Clock::At(civil.time()), None));
            (at, behind_clock) = (at + 1, true);
        } else if let Some((day, next)) = day::read(&words, at) {
            moment.days.push(day);
            (at, behind_clock) = (next, false);
        } else if let clock::Read::Clock(clock, next) = clock {
            moment.clocks.push((clock, None));
            (at, behind_clock) = (next, true);
        } else if let Some(offset) = Some(words[at]).filter(|_| behind_clock).and_then(zone::bare_offset) {
            if let Some((_, own)) = moment.clocks.last_mut() {
                *own = Some(offset);
            }
            (at, behind_clock) = (at + 1, false);
        } else if let Zone::Named(named, next) = named {
            match moment.clocks.last_mut().filter(|(_, own)| own.is_none()) {
                Some((_, own)) => *own = Some(named),
                None => moment.zones.push(named),
            }
            (at, behind_clock) = (next, false);
        } else if matches!(clock, clock::Read::Unknown) || matches!(named, Zone::Unknown) {
            let dated = moment.is_dated() || day::read_all(&words[at..], today).is_some();
            return if dated { Said::Vague } else { Said::Nothing };
        } else if let Some((day, next)) = day::relative(&words, at, today) {
            match day::weekday(words[next - 1]).or_else(|| day::weekday(words[at])) {
                Some(named) => {
                    moment.weekday = moment.weekday.max(Some(day));
                    moment.named.push(named);
                }
                // "Demain" is a day as a written one is.
                None => moment.days.push(Day::of(day)),
            }
            (at, behind_clock) = (next, false);
        } else if matches!(words[at], "inclus" | "incluse" | "inclusive" | "inclusively" | "compris") {
            moment.whole = true;
            at += 1;
        } else if SILENT.contains(&words[at]) || PARTS.contains(&words[at]) || words[at].starts_with("embargo") {
            behind_clock &= matches!(words[at], "am" | "pm");
            at += 1;
        } else if !moment.is_dated() {
            // A day further on may be its end for some: "embargo (presse écrite) jusqu'au…".
            let to_come = day::read_all(&words[at..], today).is_some_and(|last| last >= today);
            return if to_come || names_an_end(&words) { Said::Vague } else { Said::Nothing };
        } else {
            // Behind a dash the text itself begins: `… 18 h – Paris, le 26 novembre – Le groupe`.
            if let Some((begins, end)) = complete {
                let rest = in_pieces(&words[begins..], &first[begins..], &parted[begins..]);
                // Another hour may be that of others.
                let hours = (begins..words.len()).any(|at| matches!(clock::read(&words, at), clock::Read::Clock(..)));
                let qualified = hours || is_qualified(&rest, NEAR, end, zone);
                return if qualified { Said::Vague } else { Said::Until(end) };
            }
            // What passed long ago is no embargo any more, whatever is said of it.
            let over =
                moment.latest(today, zone).is_some_and(|end| end < sent.saturating_sub(24.hours()).unwrap_or(sent));
            return if over { Said::Nothing } else { Said::Vague };
        }
    }
    if !moment.is_dated() {
        return if names_an_end(&words) { Said::Vague } else { Said::Nothing };
    }
    moment.latest(today, zone).map_or(Said::Vague, Said::Until)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "2026-11-20T08:00:00Z";

    fn end_of(line: &str) -> Option<String> {
        let sent: Timestamp = SENT.parse().expect("an instant");
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        end(&crate::text::tokens::fold(line), sent, &zone).map(|at| at.to_string())
    }

    #[test]
    fn an_embargo_is_read_to_the_minute_in_every_way_of_writing_it() {
        for (line, wanted) in [
            ("Sous embargo jusqu’au 5 décembre 2026 à 8 h 30", "2026-12-05T07:30:00Z"),
            ("Sous embargo jusqu'au lundi 7 décembre, 6h", "2026-12-07T05:00:00Z"),
            ("EMBARGO : 05/12/2026 - 8h30", "2026-12-05T07:30:00Z"),
            ("EMBARGO 3 DÉCEMBRE 2026, 14 heures", "2026-12-03T13:00:00Z"),
            ("Embargoed until 00:01 GMT, 5 December 2026", "2026-12-05T00:01:00Z"),
            ("EMBARGO 0001 GMT 4 DEC 2026", "2026-12-04T00:01:00Z"),
            ("STRICT EMBARGO – 2300 GMT Thursday 3 December 2026", "2026-12-03T23:00:00Z"),
            ("Embargo – Tuesday 1 December 2026 / 12.01 a.m. CT", "2026-12-01T06:01:00Z"),
            ("Under embargo until December 5, 2026 at 9 am", "2026-12-05T08:00:00Z"),
            ("Hold for release until Dec. 3, 2026, 10 a.m. ET", "2026-12-03T15:00:00Z"),
            ("Embargo until 10:30pm on 2026-12-05", "2026-12-05T21:30:00Z"),
            ("Embargo until the 3rd of December 2026, 9 o'clock", "2026-12-03T20:00:00Z"),
            ("Embargo until 2026-12-03T09:00:00+09:00", "2026-12-03T00:00:00Z"),
            ("Sous embargo jusqu’au 1er janvier", "2027-01-01T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre 2026 à midi (heure de Paris)", "2026-12-05T11:00:00Z"),
            ("Sous embargo jusqu’au 28 mars 2027 à 2 h 30", "2027-03-28T01:30:00Z"),
            ("Embargo until 3:00 p.m. EST, December 5", "2026-12-05T20:00:00Z"),
            ("Embargoed until 9 am ET on 5 December 2026", "2026-12-05T14:00:00Z"),
            ("Embargoed until 9 am ET 5 December 2026", "2026-12-05T14:00:00Z"),
            ("Embargo until 5 December 2026, 9 am PST", "2026-12-05T17:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à minuit", "2026-12-05T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre 2026 inclus", "2026-12-05T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à 6 heures du soir", "2026-12-05T17:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à 18.30", "2026-12-05T17:30:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à quatorze heures trente", "2026-12-03T13:30:00Z"),
            ("Ne pas diffuser avant le 3 décembre 2026 à 9 h", "2026-12-03T08:00:00Z"),
            ("Publication interdite avant le 3 décembre 2026, 9 h", "2026-12-03T08:00:00Z"),
            ("Confidentiel jusqu’au 3 décembre 2026 à 9 h", "2026-12-03T08:00:00Z"),
            ("L’embargo sera levé le 3 décembre 2026 à 10 h", "2026-12-03T09:00:00Z"),
            ("Sous embargo jusqu’à lundi 8 h", "2026-11-23T07:00:00Z"),
            (
                "Embargo jusqu’au 3 décembre 18h – Paris, le 26 novembre 2026 – Acme lance sa gamme",
                "2026-12-03T17:00:00Z",
            ),
            ("EMBARGO 03/12/2026 18:00 | COMMUNIQUÉ DE PRESSE | PARIS, LE 26/11/2026", "2026-12-03T17:00:00Z"),
            ("Embargo: 2026-12-03 18:00:00-05:00", "2026-12-03T23:00:00Z"),
            ("Embargo: 2026-12-03 18:00 -0500", "2026-12-03T23:00:00Z"),
            ("Embargo : 2026-12-03T18:00:00Z", "2026-12-03T18:00:00Z"),
            ("EMBARGO STRICT jusqu’au jeudi 3 décembre 2026 à 18 heures (heure de Paris)", "2026-12-03T17:00:00Z"),
            ("Sperrfrist: 3.12.2026, 18 Uhr", "2026-12-03T17:00:00Z"),
            ("Do not publish before 3 December 2026, 9 am", "2026-12-03T08:00:00Z"),
            ("Strictement confidentiel jusqu’au 3 décembre 2026, 9 h", "2026-12-03T08:00:00Z"),
            ("Sous embargo jusqu’à demain, 9 h", "2026-11-21T08:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h. Le groupe annonce…", "2026-12-03T13:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h. 30. Le groupe annonce…", "2026-12-03T13:30:00Z"),
            (
                "Sous embargo jusqu’au\n3 décembre 2026\nà 14 h\nLyon, le 27 novembre 2026 – Le groupe",
                "2026-12-03T13:00:00Z",
            ),
        ] {
            assert_eq!(end_of(line).as_deref(), Some(wanted), "{line}");
        }
    }

    #[test]
    fn of_several_readings_the_latest_counts() {
        for (line, wanted) in [
            ("Sous embargo jusqu’au 5 décembre 2026", "2026-12-05T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre 2026, en fin de journée", "2026-12-05T23:00:00Z"),
            ("Embargo until 12/05/2026", "2026-12-05T23:00:00Z"),
            ("[EMBARGO 3/12 14h] Les résultats", "2026-12-03T13:00:00Z"),
            ("Embargo 3/5 14h", "2027-05-03T12:00:00Z"),
            ("Embargo (20 novembre 2026) jusqu’à demain 9 h", "2026-11-21T23:00:00Z"),
            ("Sous embargo du 28 novembre au 5 décembre 2026", "2026-12-05T23:00:00Z"),
            ("Embargo du 18 novembre au 3 décembre 2026 à 14 h", "2026-12-03T23:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026, entre 14 h et 16 h", "2026-12-03T15:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h (heure de New York)", "2026-12-03T19:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h, heure de Londres", "2026-12-03T14:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h HNE", "2026-12-03T19:00:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026 à 14 h UTC-5", "2026-12-03T19:00:00Z"),
            ("Embargoed until December 3, 2026, 2 p.m. Eastern", "2026-12-03T19:00:00Z"),
            ("Embargoed until December 3, 2026, 2 p.m. Central Time", "2026-12-03T20:00:00Z"),
            ("Embargoed until December 3, 2026, 2 p.m. local time in New York", "2026-12-03T19:00:00Z"),
            ("Embargoed until 3 December 2026, 1430 GMT", "2026-12-03T14:30:00Z"),
            ("Sous embargo jusqu’au 3 décembre 2026, 14 h (Paris) / 8 h (New York)", "2026-12-03T13:00:00Z"),
            ("L’embargo du 3 mars 2026 a pris fin. Sous embargo jusqu’au 5 décembre 2026", "2026-12-05T23:00:00Z"),
        ] {
            assert_eq!(end_of(line).as_deref(), Some(wanted), "{line}");
        }
    }

    #[test]
    fn what_nobody_understands_ends_by_itself_never() {
        for vague in [
            "Sous embargo jusqu’à nouvel ordre",
            "Sous embargo jusqu’au 31 février 2027",
            "Sous embargo jusqu’au 3 décembre 2026 à 25 h",
            "Sous embargo (presse écrite) jusqu’au 10 décembre 2026. Embargo presse : 3 décembre 2026, 8 h",
            "Sous embargo jusqu’au 3 décembre 2026, après la clôture de la Bourse",
            "Sous embargo jusqu’au 3 décembre 2026 à 14 h, heure de Vladivostok",
            "Sous embargo jusqu’au 3 décembre 2026 à 14 h, heure locale",
            "Embargoed until 3 December 2026, half past two",
            "Embargo : 26 novembre 2026 (presse) et 3 décembre 2026 (grand public)",
            "Sous embargo jusqu’au 3 décembre 2026 à 14 h ou au 10 décembre 2026 pour la presse régionale",
            "Sous embargo depuis lundi, l’étude paraît le 3 décembre 2026",
            "Sous embargo jusqu’au vendredi 3 décembre 2026 à 18 h",
            "Embargo : 3 décembre 18h + 2h",
            "Embargo : 3 décembre 18h – après la clôture",
            "Embargo : 3 décembre 9h – presse écrite 18h",
            "Embargo : 3 décembre 18h – print : 10 décembre",
            "Embargo : 3 décembre 18h (?)",
            "Embargo : ~3 décembre 18h",
            "Embargo jusqu’au 3 décembre 18h\nReporté au 10 décembre",
            "EMBARGO : 3 décembre 18h\nPresse régionale : 10 décembre",
            "Embargo : 3 décembre 18h – presse régionale et hebdomadaire : 10 décembre 2026 à 9 heures (heure de Paris)",
            "Sous embargo jusqu’à nouvel ordre. Embargo presse : 3 décembre 2026, 8 h",
            "Embargo jusqu’au 3 décembre 18h. L’embargo est prolongé au 10 décembre.",
            "Embargo jusqu’au 3 décembre 18h. Pour la radio : 10 décembre.",
            "Embargo jusqu’au 3 décembre 18h.\n\nEMBARGO REPORTÉ AU 10 DÉCEMBRE",
            "Embargo jusqu’au 3 décembre 18h. Les visuels restent sous embargo.",
            "Embargo until 3 December 6pm. All times are US Eastern.",
            "Embargo",
        ] {
            assert_eq!(end_of(vague), None, "{vague}");
        }
    }

    #[test]
    fn lines_on_themselves_are_told_from_trade() {
        let speaks = |line: &str| speaks(&crate::text::tokens::fold(line));
        for line in [
            "EMBARGO",
            "Embargo.",
            "EMBARGO PRESSE",
            "Embargo média : 3 décembre 2026",
            "Embargo 03/12/2026 14h",
            "Embargo (version du 27/11/2026) : 3 décembre 2026",
            "Hold for release until Dec. 3, 2026",
            "Publication interdite avant le 3 décembre",
            "Embargo ferme : jeudi 3 décembre 18 h",
            "Communiqué de presse – embargo jeudi 3 décembre 17h40",
            "Merci de respecter l’embargo.",
            "L’embargo prend fin le 3 décembre",
            "The embargo will be lifted on 3 December",
            "Embargo non levé",
        ] {
            assert!(speaks(line), "{line}");
        }
        for line in [
            "Embargo : aucun",
            "Embargo levé",
            "L’embargo sur le pétrole russe tient bon",
            "Embargo sur les armes",
            "Comment rédiger un communiqué sous embargo",
        ] {
            assert!(!speaks(line), "{line}");
        }
    }

    #[test]
    fn what_asks_not_to_publish_before_a_day_is_heard_in_other_words_too() {
        let today: Date = "2026-11-20".parse().expect("a day");
        let asks = |line: &str| forbids(&crate::text::tokens::fold(line), today);
        for line in [
            "FOR RELEASE: 9:00 a.m. ET, Thursday, December 3, 2026",
            "Not to be used before 3 December 2026",
            "Merci de ne pas le diffuser avant le 3 décembre 18h",
            "Ne pourra être diffusé qu’à partir du 3 décembre",
            "Not before 3 December 2026 at 18:00",
            "Publication possible à partir du 3 décembre 2026 à 18h",
            "Diffusion à compter du jeudi 3 décembre",
        ] {
            assert!(asks(line), "{line}");
        }
        for line in [
            "FOR IMMEDIATE RELEASE",
            "Inscriptions ouvertes à partir du 3 décembre",
            "Le rapport sera publié le 3 décembre 2026",
            "Ne pas s’inscrire avant le 3 décembre",
        ] {
            assert!(!asks(line), "{line}");
        }
    }
}
