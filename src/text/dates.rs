//! Dates as sources write them, read without guessing: RFC 3339, RFC 822 and its misuses, ISO 8601, SQL, asctime,
//! JavaScript, seconds since 1970, and written dates in a dozen languages, French first.
//!
//! Rule: every word and figure of the text must be understood, or nothing is read. A day and a month written as two
//! small figures with a slash are told apart by the order that the caller knows, else not at all.

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::fmt::rfc2822;
use jiff::tz::{Offset, TimeZone};
use unicode_normalization::UnicodeNormalization;

use super::date_words::{Said, said};

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadDate {
    /// The instant; midnight UTC of a day without hour.
    pub at: Timestamp,
    /// False when only a day (or month, or year) was written.
    pub has_hour: bool,
    /// True when no zone was written and the given one was used.
    pub zone_assumed: bool,
}

/// Which of `03/06/2026` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayOrder {
    /// The first: France, and most of the world.
    DayFirst,
    /// The second: the United States.
    MonthFirst,
    /// Nobody knows: such a date is not read unless one figure is above 12.
    #[default]
    Unknown,
}

impl DayOrder {
    /// The order of a language, by its BCP 47 tag. English alone does not tell.
    pub fn of_language(tag: Option<&str>) -> Self {
        let tag = tag.unwrap_or_default().trim().to_ascii_lowercase().replace('_', "-");
        match tag.as_str() {
            "en-us" | "us" => DayOrder::MonthFirst,
            "" | "en" | "und" => DayOrder::Unknown,
            // Written from the year on; two small figures there are month, then day.
            tag if ["ja", "zh", "ko", "hu"].iter().any(|start| tag.starts_with(start)) => DayOrder::MonthFirst,
            _ => DayOrder::DayFirst,
        }
    }
}

const RFC2822: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
/// Years that a publication date may have.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// Longest text looked at, in bytes.
const LONGEST: usize = 120;

/// Reads a date; one without a zone is in `zone`. What is not understood is `None`, never a guess.
pub fn read(text: &str, zone: &TimeZone, order: DayOrder) -> Option<ReadDate> {
    let text = text.trim();
    if text.len() > LONGEST || text.is_empty() {
        return None;
    }
    if let Some(at) = read_standard(text) {
        return Some(ReadDate { at, has_hour: true, zone_assumed: false });
    }
    if let Some((rest, named)) = named_zone(text) {
        return read(rest, &named, order).map(|date| ReadDate { zone_assumed: false, ..date });
    }
    let text: String = html_escape::decode_html_entities(text).nfc().collect();
    let text = text.replace("a.m.", "am").replace("p.m.", "pm");
    let text = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")).unwrap_or(&text);
    let tokens = scan(text);
    let written = epoch(&tokens).or_else(|| iso(text)).or_else(|| Parts::gather(&tokens, order)?.settle())?;
    written.place(zone)
}

/// A date found inside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundDate {
    /// The date.
    pub date: ReadDate,
    /// Its first byte in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Words looked at before and after a year, at most: `mercredi 3 juin` and `à 07 h 15`.
const WORDS_BEFORE: usize = 4;
const WORDS_AFTER: usize = 5;

/// Finds the whole dates that stand in a text, in its order; each as long as it can be read.
pub fn find(text: &str, zone: &TimeZone, order: DayOrder) -> Vec<FoundDate> {
    let base = text.as_ptr() as usize;
    let words: Vec<(usize, &str)> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | '•' | '·' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - base, word))
        .collect();
    let mut found: Vec<FoundDate> = Vec::new();
    let mut after_last = 0;
    for (at, (_, word)) in words.iter().enumerate() {
        if at < after_last || !holds_year(word) {
            continue;
        }
        let first = at.saturating_sub(WORDS_BEFORE).max(after_last);
        let last = (at + WORDS_AFTER).min(words.len() - 1);
        let spans = (first..=at).flat_map(|start| (at..=last).rev().map(move |end| (start, end)));
        let read_span = |(start, end): (usize, usize)| {
            let (end_at, end_word) = words[end];
            let span = text.get(words[start].0..end_at + end_word.len())?;
            is_whole_day(span).then_some(())?;
            let date = read(span.trim_matches([',', ';', ':', '.', '-', '–', '—', '"', '«', '»']), zone, order)?;
            Some((start, end, date))
        };
        if let Some((start, end, date)) = spans.into_iter().find_map(read_span) {
            found.push(FoundDate { date, start: words[start].0, end: words[end].0 + words[end].1.len() });
            after_last = end + 1;
        }
    }
    found
}

/// A month or a year alone says nothing of the day.
fn is_whole_day(span: &str) -> bool {
    let groups = span.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let (count, longest) = groups.fold((0, 0), |(count, longest), group| (count + 1, group.len().max(longest)));
    count >= 3 || longest >= 8 || (count == 2 && span.contains(char::is_alphabetic))
}

/// A year of four figures, or a day in figures such as `03/06/26`.
fn holds_year(word: &str) -> bool {
    let groups: Vec<&str> = word.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    groups.iter().any(|group| group.len() == 4 && (group.starts_with("19") || group.starts_with("20")))
        || (groups.len() == 3 && groups.iter().all(|group| group.len() <= 2) && word.contains(['/', '.']))
}

/// `… Europe/Paris`: the text before, and the zone.
fn named_zone(text: &str) -> Option<(&str, TimeZone)> {
    let (rest, name) = text.rsplit_once(' ')?;
    let is_name = name.contains('/') && name.starts_with(|c: char| c.is_ascii_uppercase());
    Some((rest, is_name.then(|| TimeZone::get(name).ok())??))
}

/// Reads what the standards prescribe, with its zone: RFC 3339 (Atom) and RFC 2822 (RSS, HTTP).
pub fn read_standard(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // RFC 2822 has every zone it does not name be UTC, which is wrong by hours for CEST.
    let zone = text.rsplit([' ', '\t']).next().unwrap_or_default();
    let offset = zone.starts_with(['+', '-']) || matches!(zone, "GMT" | "UT" | "UTC" | "Z");
    let at = text.parse::<Timestamp>().ok().or_else(|| offset.then(|| RFC2822.parse_timestamp(text).ok())?)?;
    YEARS.contains(&at.to_zoned(TimeZone::UTC).year()).then_some(at)
}

/// A day, perhaps an hour, perhaps a zone.
#[derive(Debug, Clone, Copy)]
struct Written {
    day: Date,
    time: Option<Time>,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

impl Written {
    fn place(self, zone: &TimeZone) -> Option<ReadDate> {
        if !YEARS.contains(&self.day.year()) {
            return None;
        }
        let Some(time) = self.time else {
            let at = TimeZone::UTC.to_timestamp(self.day.to_datetime(Time::midnight())).ok()?;
            return Some(ReadDate { at, has_hour: false, zone_assumed: false });
        };
        let civil = self.day.to_datetime(time);
        match self.offset {
            Some(minutes) => {
                let offset = Offset::from_seconds(i32::from(minutes) * 60).ok()?;
                Some(ReadDate { at: offset.to_timestamp(civil).ok()?, has_hour: true, zone_assumed: false })
            }
            None => {
                let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
                Some(ReadDate { at, has_hour: true, zone_assumed: true })
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Figures: their value and how many they are.
    Number(i64, usize),
    Word(Said),
    Mark(char),
    /// A word that no date is made of.
    Unknown,
}

/// Splits a text; what stands in brackets is a comment (RFC 822 § 3.4.3, and JavaScript's name of the zone).
fn scan(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    let mut comment = 0;
    while let Some((start, character)) = characters.next() {
        match character {
            '(' => comment += 1,
            ')' => comment = (comment - 1).max(0),
            _ if comment > 0 => {}
            '0'..='9' => {
                let mut end = start + 1;
                while characters.next_if(|(_, c)| c.is_ascii_digit()).is_some() {
                    end += 1;
                }
                let figures = &text[start..end];
                tokens.push(figures.parse().map_or(Token::Unknown, |value| Token::Number(value, figures.len())));
            }
            c if is_east_asian_mark(c) => push_word(&text[start..start + c.len_utf8()], &mut tokens),
            c if c.is_alphabetic() => {
                let mut end = start + c.len_utf8();
                while let Some((at, c)) = characters.next_if(|(_, c)| c.is_alphabetic() && !is_east_asian_mark(*c)) {
                    end = at + c.len_utf8();
                }
                push_word(&text[start..end], &mut tokens);
            }
            c if c.is_whitespace() || matches!(c, ',' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '|' | '·' | '•') => {
                if tokens.last() != Some(&Token::Mark(' ')) {
                    tokens.push(Token::Mark(' '));
                }
            }
            '–' | '−' | '‑' => tokens.push(Token::Mark('-')),
            c => tokens.push(Token::Mark(c)),
        }
    }
    tokens
}

fn is_east_asian_mark(character: char) -> bool {
    matches!(character, '년' | '월' | '일' | '年' | '月' | '日')
}

/// `2026-06-03T07:15`: the T is glued to figures; `7h15`: so is the h.
fn push_word(word: &str, tokens: &mut Vec<Token>) {
    let glued = matches!(tokens.last(), Some(Token::Number(..)));
    tokens.push(match word {
        "T" | "t" if glued => Token::Mark('T'),
        _ => said(word).map_or(Token::Unknown, Token::Word),
    });
}

/// Seconds or milliseconds since 1970, between 2001 and 2286.
fn epoch(tokens: &[Token]) -> Option<Written> {
    let (value, figures) = match tokens {
        [Token::Number(value, figures)] => (value, figures),
        // ASP.NET: the offset tells how it was shown, not another instant.
        [Token::Number(value, 13), Token::Mark('+' | '-'), Token::Number(_, 4)] => (value, &13),
        _ => return None,
    };
    let milliseconds = match figures {
        10 => value * 1000,
        13 => *value,
        _ => return None,
    };
    let civil = Timestamp::from_millisecond(milliseconds).ok()?.to_zoned(TimeZone::UTC).datetime();
    Some(Written { day: civil.date(), time: Some(civil.time()), offset: Some(0) })
}

/// ISO 8601 forms that the general reading does not see: basic, week, ordinal, month and year alone.
fn iso(text: &str) -> Option<Written> {
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text.get(at + 1..).unwrap_or_default()),
        // `20260603071500`: figures to the second; `2026-06-03+02:00`: a day of XML Schema.
        None if matches!(text.len(), 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit()) => text.split_at(8),
        None => (text.get(..10).filter(|_| text[10..].starts_with(['+', '-', 'Z'])).unwrap_or(text), ""),
    };
    let day = iso_day(day)?;
    if rest.is_empty() {
        return Some(Written { day, time: None, offset: None });
    }
    // `071500Z`, `071500+0200`: figures without colons.
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let part = |range: std::ops::Range<usize>| clock.get(range).map_or(Some(0), |text| text.parse::<i8>().ok());
    let time = match clock.len() {
        4 | 6 => Time::new(part(0..2)?, part(2..4)?, part(4..6).unwrap_or(0), 0).ok()?,
        _ => {
            let mut parts = Parts::default();
            let mut tokens = scan(rest);
            parts.take_times_and_zones(&mut tokens).then_some(())?;
            tokens.iter().all(|token| *token == Token::Mark(' ')).then_some(())?;
            let day = if parts.next_day { day.tomorrow().ok()? } else { day };
            return Some(Written { day, time: Some(parts.time?), offset: parts.offset });
        }
    };
    let mut parts = Parts { time: Some(time), ..Parts::default() };
    let mut tokens = scan(zone);
    tokens.insert(0, Token::Mark(' '));
    parts.take_zone(&mut tokens, 0);
    let nothing_left = tokens.iter().all(|token| *token == Token::Mark(' '));
    nothing_left.then_some(Written { day, time: Some(time), offset: parts.offset })
}

fn iso_day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let small = |range| i8::try_from(digits(range)?).ok();
    let year = digits(0..4)?;
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    match bytes.len() {
        4 => Date::new(year, 1, 1).ok(),
        7 if dash(4) => Date::new(year, small(5..7)?, 1).ok(),
        8 if dash(4) => ordinal(year, digits(5..8)?),
        8 if !bytes[4].is_ascii_alphabetic() => Date::new(year, small(4..6)?, small(6..8)?).ok(),
        7 => ordinal(year, digits(4..7)?),
        8 if bytes[4].eq_ignore_ascii_case(&b'W') => {
            let weekday = Weekday::from_monday_one_offset(small(7..8)?).ok()?;
            Some(ISOWeekDate::new(year, small(5..7)?, weekday).ok()?.date())
        }
        10 if dash(4) && bytes[5].eq_ignore_ascii_case(&b'W') && dash(8) => {
            let weekday = Weekday::from_monday_one_offset(small(9..10)?).ok()?;
            Some(ISOWeekDate::new(year, small(6..8)?, weekday).ok()?.date())
        }
        10 if dash(4) && dash(7) => Date::new(year, small(5..7)?, small(8..10)?).ok(),
        _ => None,
    }
}

fn ordinal(year: i16, day: i16) -> Option<Date> {
    Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().ok()
}

/// What a written date said so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    offset: Option<i16>,
    /// 24:00 of a day is 00:00 of the next (ISO 8601).
    next_day: bool,
}

impl Parts {
    /// Understands all of `tokens`, or gives nothing.
    fn gather(tokens: &[Token], order: DayOrder) -> Option<Self> {
        let mut tokens = tokens.to_vec();
        let mut parts = Parts::default();
        if !parts.take_times_and_zones(&mut tokens) {
            return None;
        }
        parts.take_marked(&mut tokens);
        parts.take_month(&mut tokens);
        parts.take_day_and_year(&mut tokens, order)?;
        let understood = tokens.iter().all(|token| match token {
            Token::Number(..) | Token::Unknown => false,
            Token::Word(Said::Hour) => parts.time.is_some(),
            Token::Word(word) => matches!(word, Said::Weekday | Said::Nothing | Said::MarchOrTuesday),
            Token::Mark(mark) => matches!(mark, ' ' | '.' | '/' | '-' | ':' | 'T' | '\'' | '’' | '[' | ']'),
        });
        understood.then_some(parts)
    }

    fn settle(self) -> Option<Written> {
        let day = Date::new(self.year?, self.month?, self.day?).ok()?;
        let day = if self.next_day { day.tomorrow().ok()? } else { day };
        Some(Written { day, time: self.time, offset: self.offset })
    }

    /// Takes `07:15:30.5 PM +02:00` and `7 h 15` out of the tokens; false when a time is there and is nonsense.
    fn take_times_and_zones(&mut self, tokens: &mut Vec<Token>) -> bool {
        let Some(at) = (0..tokens.len()).find(|&at| starts_time(&tokens[at..])) else {
            return self.take_lone_zone(tokens);
        };
        let Token::Number(hour, _) = tokens[at] else { return false };
        let mut end = at + 1;
        let skip_space = |tokens: &[Token], end: &mut usize| {
            while tokens.get(*end) == Some(&Token::Mark(' ')) {
                *end += 1;
            }
        };
        let mut fields = [hour, 0, 0];
        for (index, field) in fields.iter_mut().enumerate().skip(1) {
            let mut look = end;
            skip_space(tokens, &mut look);
            let joined = match tokens.get(look) {
                Some(Token::Mark(':')) => look == end,
                Some(Token::Word(Said::Hour)) => index == 1,
                Some(Token::Mark('.')) => look == end && index == 1,
                _ => false,
            };
            if !joined {
                break;
            }
            let was_word = matches!(tokens.get(look), Some(Token::Word(_)));
            look += 1;
            if was_word {
                skip_space(tokens, &mut look);
            }
            match tokens.get(look) {
                Some(Token::Number(value, 1..=2)) => {
                    *field = *value;
                    end = look + 1;
                }
                _ if was_word => {
                    end = look;
                    break;
                }
                _ => return false,
            }
        }
        // A fraction of a second, or the name of minutes: `07:15:30.123`, `7h15min`.
        if let (Some(Token::Mark('.')), Some(Token::Number(..))) = (tokens.get(end), tokens.get(end + 1)) {
            end += 2;
        }
        let mut look = end;
        skip_space(tokens, &mut look);
        let half = match tokens.get(look..).unwrap_or_default() {
            [Token::Word(half @ (Said::Morning | Said::Afternoon)), ..] => {
                end = look + 1;
                Some(*half)
            }
            _ => None,
        };
        // Korean writes it before the hour.
        let before = at.checked_sub(1).map_or(at, |previous| {
            if tokens[previous] == Token::Mark(' ') { previous.saturating_sub(1) } else { previous }
        });
        let half = half.or(match tokens.get(before) {
            Some(Token::Word(half @ (Said::Morning | Said::Afternoon))) if before < at => Some(*half),
            _ => None,
        });
        self.next_day = fields == [24, 0, 0];
        let Some(time) = clock(if self.next_day { [0; 3] } else { fields }, half) else { return false };
        self.time = Some(time);
        let start =
            if matches!(tokens.get(before), Some(Token::Word(Said::Morning | Said::Afternoon))) { before } else { at };
        tokens.drain(start..end);
        tokens.insert(start, Token::Mark(' '));
        self.take_zone(tokens, start);
        self.take_lone_zone(tokens)
    }

    /// Takes the zone that stands at `from`, just behind a time.
    fn take_zone(&mut self, tokens: &mut Vec<Token>, from: usize) {
        let mut at = from;
        while tokens.get(at) == Some(&Token::Mark(' ')) {
            at += 1;
        }
        let mut end = at;
        let mut offset = None;
        if let Some(Token::Word(Said::Zone(minutes))) = tokens.get(end) {
            offset = Some(*minutes);
            end += 1;
            while tokens.get(end) == Some(&Token::Mark(' ')) {
                end += 1;
            }
        }
        if let (Some(Token::Mark(sign @ ('+' | '-'))), Some(Token::Number(value, figures))) =
            (tokens.get(end), tokens.get(end + 1))
        {
            let (mut hours, mut minutes) = match figures {
                1 | 2 => (*value, 0),
                3 | 4 => (value / 100, value % 100),
                _ => (99, 0),
            };
            let mut length = 2;
            if let (1..=2, Some(Token::Mark(':')), Some(Token::Number(more, 2))) =
                (figures, tokens.get(end + 2), tokens.get(end + 3))
            {
                minutes = *more;
                length = 4;
            }
            if hours <= 14 && minutes < 60 {
                if *sign == '-' {
                    (hours, minutes) = (-hours, -minutes);
                }
                offset = i16::try_from(hours * 60 + minutes).ok();
                end += length;
            }
        }
        if offset.is_some() {
            self.offset = offset;
            tokens.drain(at..end);
        }
    }

    /// A zone away from the time (`07:15 2026 GMT`), kept only once.
    fn take_lone_zone(&mut self, tokens: &mut Vec<Token>) -> bool {
        let Some(at) = tokens.iter().position(|token| matches!(token, Token::Word(Said::Zone(_)))) else {
            return true;
        };
        if self.offset.is_none() {
            self.take_zone(tokens, at);
        } else {
            tokens.remove(at);
        }
        !tokens.iter().any(|token| matches!(token, Token::Word(Said::Zone(_))))
    }

    /// `2026년 6월 3일`.
    fn take_marked(&mut self, tokens: &mut Vec<Token>) {
        for mark in [Said::Year, Said::MonthMark, Said::DayMark] {
            let Some(at) = tokens.iter().position(|token| *token == Token::Word(mark)) else { continue };
            let Some(Token::Number(value, _)) = at.checked_sub(1).and_then(|before| tokens.get(before)) else {
                continue;
            };
            match mark {
                Said::Year => self.year = i16::try_from(*value).ok(),
                Said::MonthMark => self.month = i8::try_from(*value).ok(),
                _ => self.day = i8::try_from(*value).ok(),
            }
            tokens.drain(at - 1..=at);
        }
    }

    /// A month by its name; `mar` is one only where no other is named.
    fn take_month(&mut self, tokens: &mut [Token]) {
        let named = tokens.iter().position(|token| matches!(token, Token::Word(Said::Month(_))));
        let at = named.or_else(|| tokens.iter().rposition(|token| *token == Token::Word(Said::MarchOrTuesday)));
        let Some(at) = at.filter(|_| self.month.is_none()) else { return };
        self.month = Some(match tokens[at] {
            Token::Word(Said::Month(month)) => month,
            _ => 3,
        });
        tokens[at] = Token::Mark('M');
    }

    fn take_day_and_year(&mut self, tokens: &mut Vec<Token>, order: DayOrder) -> Option<()> {
        let numbers: Vec<(usize, i64, usize)> = tokens
            .iter()
            .enumerate()
            .filter_map(|(at, token)| match token {
                Token::Number(value, figures) => Some((at, *value, *figures)),
                _ => None,
            })
            .collect();
        let separator = |one: usize, other: usize| match tokens.get(one + 1..other)? {
            [Token::Mark(mark)] => Some(*mark),
            _ => None,
        };
        let month_at = tokens.iter().position(|token| *token == Token::Mark('M'));
        let (year, month, day) = match (numbers.as_slice(), self.month) {
            ([], Some(month)) => (None, i64::from(month), None),
            // `juin 2026`, as W3C-DTF has it: the first day stands for the month.
            ([(_, year, 4)], Some(month)) if self.day.is_none() && self.time.is_none() => {
                (Some(*year), i64::from(month), Some(1))
            }
            // With the month in words: the year has four figures, or stands last.
            ([(_, year, 4), (_, day, 1..=2)] | [(_, day, 1..=2), (_, year, 4)], Some(month)) => {
                (Some(*year), i64::from(month), Some(*day))
            }
            ([(first, one, 1..=2), (second, other, 2)], Some(month)) => {
                let month_at = month_at?;
                (month_at < *second || month_at < *first).then_some(())?;
                (Some(century(*other)), i64::from(month), Some(*one))
            }
            // In figures alone.
            ([(one, year, 4), (two, month, 1..=2), (three, day, 1..=2)], None) => {
                let between = (separator(*one, *two)?, separator(*two, *three)?);
                matches!(between, ('-', '-') | ('/', '/') | ('.', '.') | (' ', ' ')).then_some(())?;
                (Some(*year), *month, Some(*day))
            }
            ([(one, first, 1..=2), (two, second, 1..=2), (three, year, figures @ (2 | 4))], None) => {
                let between = (separator(*one, *two)?, separator(*two, *three)?);
                let order = match between {
                    // Dots are written where the day comes first.
                    ('.', '.') => DayOrder::DayFirst,
                    ('/', '/') | ('-', '-') => order,
                    _ => return None,
                };
                let year = if *figures == 2 { century(*year) } else { *year };
                let (day, month) = in_order(*first, *second, order)?;
                (Some(year), month, Some(day))
            }
            ([(_, year, 8)], None) => (Some(year / 10_000), year / 100 % 100, Some(year % 100)),
            ([], None) | ([_, ..], _) => return None,
        };
        self.month = i8::try_from(month).ok();
        self.day = match day {
            Some(day) => i8::try_from(day).ok(),
            None => self.day,
        };
        self.year = match year {
            Some(year) => i16::try_from(year).ok(),
            None => self.year,
        };
        tokens.retain(|token| !matches!(token, Token::Number(..) | Token::Mark('M')));
        Some(())
    }
}

/// Figures that begin a time: `7:15`, `7h15`, `7 h`, `7pm`.
fn starts_time(tokens: &[Token]) -> bool {
    match tokens {
        [Token::Number(_, 1..=2), Token::Mark(':') | Token::Word(Said::Hour | Said::Morning | Said::Afternoon), ..] => {
            true
        }
        [Token::Number(_, 1..=2), Token::Mark(' '), Token::Word(word), ..] => {
            matches!(word, Said::Hour | Said::Morning | Said::Afternoon)
        }
        _ => false,
    }
}

fn clock([hour, minute, second]: [i64; 3], half: Option<Said>) -> Option<Time> {
    let hour = match (half, hour) {
        (Some(Said::Morning), 12) => 0,
        (Some(Said::Afternoon), 1..=11) => hour + 12,
        (Some(Said::Morning), 13..) => return None,
        _ => hour,
    };
    let small = |value: i64| i8::try_from(value).ok();
    // A leap second (RFC 3339 § 5.7) is told as the one before.
    let second = if second == 60 { 59 } else { second };
    Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()
}

/// RFC 2822 § 4.3.
fn century(year: i64) -> i64 {
    if year < 50 { 2000 + year } else { 1900 + year }
}

/// Day and month of two small figures.
fn in_order(first: i64, second: i64, order: DayOrder) -> Option<(i64, i64)> {
    match (first, second) {
        (13..=31, 1..=12) => Some((first, second)),
        (1..=12, 13..=31) => Some((second, first)),
        (1..=12, 1..=12) if first == second => Some((first, second)),
        (1..=12, 1..=12) => match order {
            DayOrder::DayFirst => Some((first, second)),
            DayOrder::MonthFirst => Some((second, first)),
            DayOrder::Unknown => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let paris = TimeZone::get("Europe/Paris").expect("the zone");
        read(text, &paris, DayOrder::Unknown).map(|date| date.at.to_string())
    }

    /// Expects `text` to be `instant`, in UTC when it names no zone.
    #[track_caller]
    fn check(text: &str, instant: &str) {
        let read = read(text, &TimeZone::UTC, DayOrder::DayFirst);
        let told = read.map(|date| {
            if date.has_hour { date.at.to_string() } else { date.at.to_zoned(TimeZone::UTC).date().to_string() }
        });
        assert_eq!(told.as_deref(), Some(instant), "{text}");
    }

    #[test]
    fn written_instants_are_read_and_zoneless_ones_use_the_zone() {
        assert_eq!(at("2026-11-23T08:00:00+01:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Mon, 23 Nov 2026 08:00:00 +0100").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Tue, 23 Nov 2026 08:00 GMT").as_deref(), Some("2026-11-23T08:00:00Z"));
        assert_eq!(at("2026-11-23 08:00:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Fri, 20 Nov 2026 10:00:00").as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(at("2026-07-14").as_deref(), Some("2026-07-14T00:00:00Z"));
    }

    #[test]
    fn misused_standards_are_read() {
        check("Wed, 03 Jun 26 07:15:00 +0200", "2026-06-03T05:15:00Z");
        check("Wed, 3 Jun 2026 07:15 EST", "2026-06-03T12:15:00Z");
        check("Wed, 03 Jun 2026 07:15:00 CEST", "2026-06-03T05:15:00Z");
        check("Wed, 03 Jun 2026 07:15:00 GMT+00:00", "2026-06-03T07:15:00Z");
        check("Wednesday, 03-Jun-26 07:15:00 GMT", "2026-06-03T07:15:00Z");
        check("Wed Jun  3 07:15:00 2026", "2026-06-03T07:15:00Z");
        check("Wed Jun 3 07:15:00 EDT 2026", "2026-06-03T11:15:00Z");
        check("Wed Jun 03 2026 07:15:00 GMT+0200 (heure d’été d’Europe centrale)", "2026-06-03T05:15:00Z");
        check("2026-06-03T07:15", "2026-06-03T07:15:00Z");
        check("2026-06-03T07:15Z", "2026-06-03T07:15:00Z");
        check("2026-06-03T07:15:00+0200", "2026-06-03T05:15:00Z");
        check("2026-06-03 07:15:00.123 UTC", "2026-06-03T07:15:00Z");
        check("20260603T071500Z", "2026-06-03T07:15:00Z");
        check("2026-W23-3", "2026-06-03");
        check("2026-154", "2026-06-03");
        check("1780470900", "2026-06-03T07:15:00Z");
        check("1780470900000", "2026-06-03T07:15:00Z");
        check("June 3, 2026 7:15 PM", "2026-06-03T19:15:00Z");
        check("06/03/2026 07:15:00 AM", "2026-03-06T07:15:00Z");
        check("03.06.2026, 07:15 Uhr", "2026-06-03T07:15:00Z");
        check("3. Juni 2026", "2026-06-03");
        check("2026/06/03", "2026-06-03");
        check("2004년 5월 28일  오후 11:31:39", "2004-05-28T23:31:39Z");
    }

    #[test]
    fn french_dates_are_read() {
        check("3 juin 2026 à 07h15", "2026-06-03T07:15:00Z");
        check("mercredi 3 juin 2026", "2026-06-03");
        check("mer., 03 juin 2026 07:15:00 +0200", "2026-06-03T05:15:00Z");
        check("le 1er août 2026 à 7 h 05", "2026-08-01T07:05:00Z");
        check("Mar, 24 Mar 2026 08:00:00 +0100", "2026-03-24T07:00:00Z");
        check("mar. 24 nov. 2026 08:00", "2026-11-24T08:00:00Z");
        check("03/06/2026 à 7h15", "2026-06-03T07:15:00Z");
        check("Publié le 12 févr. 2026 à 18h", "2026-02-12T18:00:00Z");
        check("12\u{a0}décembre\u{a0}2026", "2026-12-12");
    }

    #[test]
    fn dates_are_found_inside_a_text() {
        let days = |text: &str| -> Vec<String> {
            let found = find(text, &TimeZone::UTC, DayOrder::DayFirst);
            found.iter().map(|found| found.date.at.to_string()).collect()
        };
        assert_eq!(
            days("Par Hélène Gaël, publié le mercredi 3 juin 2026 à 07h15, mis à jour le 4 juin 2026"),
            ["2026-06-03T07:15:00Z", "2026-06-04T00:00:00Z"]
        );
        assert_eq!(days("Le 03/06/2026 | 240 entreprises"), ["2026-06-03T00:00:00Z"]);
        assert_eq!(days("June 3, 2026 — by Ada"), ["2026-06-03T00:00:00Z"]);
        assert!(days("Copyright 2014, en 2026, loi 1901").is_empty());
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for unknown in [
            "03/06/2026",
            "demain",
            "",
            "2026-13-01",
            "31 juin 2026",
            "2026-11-23T08:00:00 Mars/Olympus",
            "Wed, 03 Jun 2026 07:15:00 IST",
            "3 juin",
            "12 articles du 3 juin 2026",
            "3 juin 2026 25:00",
            "0000-00-00 00:00:00",
        ] {
            assert_eq!(at(unknown), None, "{unknown}");
        }
        let american = read("03/06/2026", &TimeZone::UTC, DayOrder::of_language(Some("en-us"))).expect("a date");
        assert_eq!(american.at.to_string(), "2026-03-06T00:00:00Z");
    }
}
