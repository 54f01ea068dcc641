//! What a written date is made of: its tokens, and the day, hour and zone gathered from them by what each can only mean.

use jiff::civil::{Date, Time};

use super::date_words::{Said, said};

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

/// A day, perhaps an hour, perhaps a zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub day: Date,
    pub time: Option<Time>,
    /// Minutes east of UTC.
    pub offset: Option<i16>,
}

/// A piece of a written date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Figures: their value and how many they are.
    Number(i64, usize),
    Word(Said),
    Mark(char),
    /// A word that no date is made of.
    Unknown,
}

/// Splits a text; what stands in brackets is a comment (RFC 822 § 3.4.3, and JavaScript's name of the zone).
pub(super) fn scan(text: &str) -> Vec<Token> {
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

/// What a written date said so far.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub day: Option<i8>,
    pub time: Option<Time>,
    pub offset: Option<i16>,
    /// 24:00 of a day is 00:00 of the next (ISO 8601).
    pub next_day: bool,
}

impl Parts {
    /// Understands all of `tokens`, or gives nothing.
    pub fn gather(tokens: &[Token], order: DayOrder) -> Option<Self> {
        let mut tokens = without_loose_spaces(tokens);
        let mut parts = Parts::default();
        if !parts.take_times_and_zones(&mut tokens) {
            return None;
        }
        parts.take_last_offset(&mut tokens);
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

    pub fn settle(self) -> Option<Written> {
        let day = Date::new(self.year?, self.month?, self.day?).ok()?;
        let day = if self.next_day { day.tomorrow().ok()? } else { day };
        Some(Written { day, time: self.time, offset: self.offset })
    }

    /// Takes `07:15:30.5 PM +02:00` and `7 h 15` out of the tokens; false when a time is there and is nonsense.
    pub fn take_times_and_zones(&mut self, tokens: &mut Vec<Token>) -> bool {
        let Some(at) = (0..tokens.len()).find(|&at| starts_time(tokens, at)) else {
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
        let mut dotted = false;
        for (index, field) in fields.iter_mut().enumerate().skip(1) {
            let mut look = end;
            skip_space(tokens, &mut look);
            let joined = match tokens.get(look) {
                Some(Token::Mark(':')) => look == end,
                Some(Token::Word(Said::Hour)) => index == 1,
                Some(Token::Mark('.')) => look == end && (index == 1 || dotted),
                _ => false,
            };
            if !joined {
                break;
            }
            dotted = matches!(tokens.get(look), Some(Token::Mark('.')));
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
    pub fn take_zone(&mut self, tokens: &mut Vec<Token>, from: usize) {
        let mut at = from;
        while tokens.get(at) == Some(&Token::Mark(' ')) {
            at += 1;
        }
        // `07:15:00:+0200`, and an offset of which two figures are left: `07:15:00 00`.
        if let [Token::Mark(':'), Token::Mark('+' | '-'), ..] = tokens.get(at..).unwrap_or_default() {
            tokens.remove(at);
        }
        if let [Token::Number(0, 2)] = tokens.get(at..).unwrap_or_default() {
            self.offset = Some(0);
            tokens.truncate(at);
            return;
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
            if let (1..=2, Some(Token::Mark(':')), Some(Token::Number(more, 1..=2))) =
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

    /// An offset behind the day, away from the time: `07:15 03.06.2026 +0200`.
    fn take_last_offset(&mut self, tokens: &mut Vec<Token>) {
        let Some(start) = tokens.len().checked_sub(3) else { return };
        if let ([Token::Mark(' '), Token::Mark('+' | '-'), Token::Number(_, 4)], None) = (&tokens[start..], self.offset)
        {
            self.take_zone(tokens, start);
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
                    // Blanks say nothing of the order.
                    (' ', ' ') if *figures == 4 => DayOrder::Unknown,
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

/// Drops the space of `2026. 11. 23.`, which is written after each dot.
fn without_loose_spaces(tokens: &[Token]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let figures_follow = matches!(tokens.get(at + 1), Some(Token::Number(..)));
        let after_dot = matches!(kept.as_slice(), [.., Token::Number(..), Token::Mark('.')]);
        if *token == Token::Mark(' ') && after_dot && figures_follow {
            continue;
        }
        kept.push(token.clone());
    }
    kept
}

/// Figures that begin a time: `7:15`, `7h15`, `7 h`, `7pm`.
fn starts_time(tokens: &[Token], at: usize) -> bool {
    let after_year = matches!(tokens.get(at.saturating_sub(2)..at), Some([Token::Number(_, 4), Token::Mark(' ')]));
    match tokens.get(at..).unwrap_or_default() {
        [Token::Number(_, 1..=2), Token::Mark(':') | Token::Word(Said::Hour | Said::Morning | Said::Afternoon), ..] => {
            true
        }
        // With dots it looks like a day, but for the year that stands before it.
        [
            Token::Number(_, 1..=2),
            Token::Mark('.'),
            Token::Number(_, 2),
            Token::Mark('.'),
            Token::Number(_, 2),
            rest @ ..,
        ] if after_year && !matches!(rest.first(), Some(Token::Mark('.' | '-' | '/'))) => true,
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
