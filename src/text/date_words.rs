//! Words of written dates in the languages sources are met in: months, weekdays, zones, and words that say nothing.

use super::tokens::fold;

/// What a word of a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// A month, 1 to 12.
    Month(i8),
    /// A weekday; it is never checked, sources get it wrong.
    Weekday,
    /// A word that is March or Tuesday, by what stands beside it.
    MarchOrTuesday,
    /// Before noon.
    Morning,
    /// After noon.
    Afternoon,
    /// A zone, in minutes east of UTC.
    Zone(i16),
    /// Hours follow or precede: `7 h 15`, `7 Uhr`.
    Hour,
    /// Korean and Chinese marks of year, month and day.
    Year,
    /// See [`Said::Year`].
    MonthMark,
    /// See [`Said::Year`].
    DayMark,
    /// It says nothing.
    Nothing,
}

/// True for a text that says a day, a month or a year and nothing else.
pub fn is_date_alone(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (mut numbers, mut others) = (0, 0);
    for word in words {
        // `9th`, `18h30`, `7pm`.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let behind = word[digits..].to_lowercase();
        let hour = behind.strip_prefix('h').is_some_and(|minutes| minutes.bytes().all(|b| b.is_ascii_digit()));
        let number =
            digits > 0 && (hour || matches!(behind.as_str(), "" | "er" | "st" | "nd" | "rd" | "th" | "am" | "pm"));
        if number {
            numbers += 1;
        } else if said(word).is_some() {
            others += 1;
        } else {
            return false;
        }
    }
    numbers > 0 && numbers + others <= 8
}

/// What `word` (of any case) says; `None` for a word that no date is made of.
pub(super) fn said(word: &str) -> Option<Said> {
    match word {
        "년" | "年" => return Some(Said::Year),
        "월" | "月" => return Some(Said::MonthMark),
        "일" | "日" => return Some(Said::DayMark),
        "오전" | "上午" => return Some(Said::Morning),
        "오후" | "下午" => return Some(Said::Afternoon),
        _ => {}
    }
    let folded = fold(word);
    let word = folded.as_str();
    if matches!(word, "mar" | "mart") {
        return Some(Said::MarchOrTuesday);
    }
    if let Some(month) = (1..).zip(MONTHS).find(|(_, names)| names.split(' ').any(|name| name == word)) {
        return Some(Said::Month(month.0));
    }
    if WEEKDAYS.split(' ').any(|name| name == word) {
        return Some(Said::Weekday);
    }
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(Said::Zone(*minutes));
    }
    match word {
        "am" => Some(Said::Morning),
        "pm" => Some(Said::Afternoon),
        "h" | "hs" | "hr" | "hrs" | "uhr" | "heure" | "heures" | "ore" => Some(Said::Hour),
        _ if FILLERS.split(' ').any(|name| name == word) => Some(Said::Nothing),
        _ => None,
    }
}

/// Folded names and abbreviations of each month: English, French, German, Spanish, Italian, Portuguese, Dutch,
/// Swedish, Danish, Polish, Hungarian, Greek.
const MONTHS: [&str; 12] = [
    "january jan janvier janv januar enero ene gennaio gen janeiro januari januaris stycznia januarja januar \
     ιαν ιανουαριου",
    "february feb febr fevrier fevr fev februar febrero febbraio fevereiro februari lutego februarja φεβ \
     φεβρουαριου",
    "march mars marz maerz marzo marco maart mrt marca marts marcius μαρ μαρτ μαρτιου μαρτιος",
    "april apr avril avr abril abr aprile kwietnia aprilis απρ απριλιου",
    "may mai mayo maggio mag maio mei maj maja majus μαι μαιου μαυ",
    "june jun juin juni junio giugno giu junho czerwca junius ιουν ιουνιου",
    "july jul juillet juil juli julio luglio lug julho lipca julius ιουλ ιουλιου",
    "august aug aout aou agosto ago augustus augusti sierpnia augusztus αυγ αυγουστου",
    "september sep sept septembre septiembre settembre set setembro wrzesnia szeptember σεπ σεπτ σεπτεμβριου",
    "october oct octobre oktober okt octubre ottobre ott outubro out pazdziernika οκτ οκτωβριου",
    "november nov novembre noviembre novembro listopada νοε νοεμ νοεμβριου",
    "december dec decembre dezember dez diciembre dic dicembre dezembro grudnia δεκ δεκεμβριου",
];

const WEEKDAYS: &str = "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat \
    sunday sun lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim montag mo dienstag di \
    mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so lunes martes miercoles mie jueves jue \
    viernes vie sabado sab domingo dom lunedi martedi mercoledi giovedi gio venerdi sabato domenica segunda terca \
    quarta quinta sexta feira maandag dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo \
    κυρ δευ τρι τετ πεμ παρ σαβ";

/// Minutes east of UTC. Names that mean several places (IST, CST of China) are read as RFC 822 has them, or not at all.
const ZONES: [(&str, i16); 47] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("zulu", 0),
    ("tu", 0),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("ct", -360),
    ("mst", -420),
    ("mdt", -360),
    ("mt", -420),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
    ("ast", -240),
    ("adt", -180),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("nst", -210),
    ("ndt", -150),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("sgt", 480),
    ("hkt", 480),
    ("nzdt", 780),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    // Military letters as RFC 822 (§ 5.1) numbers them; only those met in feeds.
    ("n", 60),
    ("y", 720),
    ("nzst", 720),
];

const FILLERS: &str = "le a l at on the of de del der den um am dem il la el du date published publie publiee paru \
    parue mis ligne en posted post st nd rd th er ere eme min mn minutes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_languages_are_known_and_others_are_not() {
        assert_eq!(said("Févr"), Some(Said::Month(2)));
        assert_eq!(said("AOÛT"), Some(Said::Month(8)));
        assert_eq!(said("März"), Some(Said::Month(3)));
        assert_eq!(said("mercredi"), Some(Said::Weekday));
        assert_eq!(said("CEST"), Some(Said::Zone(120)));
        assert_eq!(said("demain"), None);
    }

    #[test]
    fn a_date_alone_is_told_from_a_title_that_holds_one() {
        for date in ["Novembre 2023", "06.24.24", "Mercredi 3 juin 2026", "November 2023"] {
            assert!(is_date_alone(date), "{date}");
        }
        for title in ["3 idées pour mai", "Mai 68 expliqué", "Mercredi", ""] {
            assert!(!is_date_alone(title), "{title}");
        }
    }
}
