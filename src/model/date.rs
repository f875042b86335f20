//! Reads a date as people type it: `5/11/2026`, `৫.১১.২৬`, `5 নভেম্বর`, `Thu, 5 Nov 2026`, `2026-11-05`, `today`,
//! `কাল`; digits of any script, names of months in five languages.
//!
//! The day comes before the month, as everywhere in India; `11/25/2026` is an error, not a guess. The caller shows the
//! date in words, so that the person sees how it was understood, and passes today's date in.

use crate::text::ascii_digit;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Years that are accepted; others are typing mistakes.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Which of several days is meant where the text leaves it open: `5 November` without a year, `কাল` for yesterday or
/// tomorrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Towards {
    /// Today or later, as for a day by which something will be done.
    #[default]
    Future,
    /// Today or earlier, as for a day on which something happened.
    Past,
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateProblem {
    /// Nothing was typed.
    Empty,
    /// It contains something that is neither number, month nor weekday.
    NotUnderstood,
    /// Only a number: the month is missing.
    MonthMissing,
    /// A month without a day.
    DayMissing,
    /// The calendar has no such day, such as 31 June.
    NoSuchDay,
    /// The month comes before the day.
    MonthFirst,
    /// The weekday does not match the date.
    OtherWeekday,
    /// A year before 1900 or after 2100.
    YearOutOfRange,
    /// A month of the Bengali or another calendar.
    OtherCalendar,
}

impl DateProblem {
    /// Every problem.
    pub const ALL: [Self; 9] = [
        Self::Empty,
        Self::NotUnderstood,
        Self::MonthMissing,
        Self::DayMissing,
        Self::NoSuchDay,
        Self::MonthFirst,
        Self::OtherWeekday,
        Self::YearOutOfRange,
        Self::OtherCalendar,
    ];
}

/// The months from January, in every usual spelling, without dots below letters (see [`plain`]). English names may be
/// shortened to three letters or more.
const MONTHS: [&[&str]; 12] = [
    &["january", "জানুযারি", "জানুযারী", "জানু", "जनवरी", "जनवरि", "جنوری"],
    &["february", "ফেব্রুযারি", "ফেব্রুযারী", "ফেব্রু", "फरवरी", "फेब्रुअरी", "फेब्रुवरी", "فروری"],
    &["march", "মার্চ", "मार्च", "مارچ"],
    &["april", "এপ্রিল", "अप्रैल", "अप्रिल", "اپریل"],
    &["may", "মে", "मई", "मे", "مئی"],
    &["june", "জুন", "जून", "जुन", "جون"],
    &["july", "জুলাই", "जुलाई", "जुलाइ", "جولائی"],
    &["august", "আগস্ট", "আগষ্ট", "অগাস্ট", "অগস্ট", "अगस्त", "अगस्ट", "اگست"],
    &["september", "সেপ্টেম্বর", "সেপ্টে", "सितंबर", "सितम्बर", "सेप्टेम्बर", "ستمبر"],
    &["october", "অক্টোবর", "অক্টো", "अक्टूबर", "अक्तूबर", "अक्टोबर", "اکتوبر"],
    &["november", "নভেম্বর", "নভে", "नवंबर", "नवम्बर", "नोभेम्बर", "نومبر"],
    &["december", "ডিসেম্বর", "ডিসে", "दिसंबर", "दिसम्बर", "डिसेम्बर", "دسمبر"],
];

/// Months of calendars that are not used here: Bengali, and Bikram Sambat with the Hindi names of its months.
const OTHER_MONTHS: &[&str] = &[
    "বৈশাখ",
    "জ্যৈষ্ঠ",
    "আষাঢ",
    "শ্রাবণ",
    "ভাদ্র",
    "আশ্বিন",
    "কার্তিক",
    "অগ্রহাযণ",
    "পৌষ",
    "মাঘ",
    "ফাল্গুন",
    "চৈত্র",
    "वैशाख",
    "बैशाख",
    "जेठ",
    "ज्येष्ठ",
    "असार",
    "आषाढ",
    "साउन",
    "श्रावण",
    "भदौ",
    "भाद्र",
    "असोज",
    "आश्विन",
    "कात्तिक",
    "कार्तिक",
    "मंसिर",
    "मार्गशीर्ष",
    "पुस",
    "पौष",
    "माघ",
    "फागुन",
    "फाल्गुन",
    "चैत",
    "चैत्र",
];

/// The weekdays from Monday. English names may be shortened to three letters or more.
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "সোমবার", "সোম", "सोमवार", "सोमबार", "پیر", "سوموار"],
    &["tuesday", "মঙ্গলবার", "মঙ্গল", "मंगलवार", "मङ्गलबार", "मंगलबार", "منگل"],
    &["wednesday", "বুধবার", "বুধ", "बुधवार", "बुधबार", "بدھ"],
    &["thursday", "বৃহস্পতিবার", "বৃহস্পতি", "गुरुवार", "बृहस्पतिवार", "बिहीबार", "جمعرات"],
    &["friday", "শুক্রবার", "শুক্র", "शुक्रवार", "शुक्रबार", "جمعہ"],
    &["saturday", "শনিবার", "শনি", "शनिवार", "शनिबार", "ہفتہ", "سنیچر"],
    &["sunday", "রবিবার", "রবি", "रविवार", "आइतबार", "اتوار"],
];

/// Words for a day with its distance from today, in days.
const RELATIVE: [(&[&str], i64); 5] = [
    (&["today", "aaj", "aj", "আজ", "আজকে", "आज", "آج"], 0),
    (&["tomorrow", "আগামীকাল", "আগামিকাল", "भोलि", "آئندہکل"], 1),
    (&["yesterday", "গতকাল", "গতকল্য", "हिजो", "گزشتہکل"], -1),
    (&["पर्सि"], 2),
    (&["अस्ति"], -2),
];

/// Words for a day before or after today; `towards` decides.
const EITHER: [(&[&str], i64); 2] = [(&["kal", "কাল", "কালকে", "कल", "کل"], 1), (&["porshu", "পরশু", "परसों", "پرسوں"], 2)];

/// Words beside the numbers that mean nothing: endings of ordinals, "the", "of", "date", "year".
const FILLERS: &[&str] = &[
    "st",
    "nd",
    "rd",
    "th",
    "the",
    "of",
    "on",
    "date",
    "ই",
    "লা",
    "রা",
    "ঠা",
    "শে",
    "শো",
    "তারিখ",
    "সাল",
    "সালের",
    "তারিখে",
    "तारीख",
    "तारिख",
    "को",
    "सन",
    "साल",
    "تاریخ",
    "کو",
    "سن",
];

/// Reads a date.
///
/// # Errors
/// [`DateProblem`]; where several things are wrong, the one to correct first.
pub fn read(typed: &str, today: NaiveDate, towards: Towards) -> Result<NaiveDate, DateProblem> {
    let plain = plain(typed);
    if let Some(day) = relative(&plain, today, towards) {
        return Ok(day);
    }
    let parts = Parts::of(&plain)?;
    let day = parts.day(today, towards)?;
    match parts.weekday {
        Some(weekday) if weekday != day.weekday() => Err(DateProblem::OtherWeekday),
        _ => Ok(day),
    }
}

/// The text in lower case with ASCII digits, without invisible characters and without dots below letters, which have
/// several encodings and are often left out.
fn plain(typed: &str) -> String {
    let mut plain = String::with_capacity(typed.len());
    for c in typed.chars() {
        match c {
            '\u{09BC}'
            | '\u{093C}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}' => {}
            '\u{09DF}' => plain.push('\u{09AF}'),
            '\u{09DC}' => plain.push('\u{09A1}'),
            '\u{09DD}' => plain.push('\u{09A2}'),
            '\u{095E}' => plain.push('\u{092B}'),
            '\u{064A}' | '\u{0649}' => plain.push('\u{06CC}'),
            '\u{0643}' => plain.push('\u{06A9}'),
            _ => match ascii_digit(c) {
                Some(digit) => plain.push(digit),
                None => plain.extend(c.to_lowercase()),
            },
        }
    }
    plain
}

/// The day of a word such as today or yesterday.
fn relative(plain: &str, today: NaiveDate, towards: Towards) -> Option<NaiveDate> {
    let word: String = plain.split_whitespace().collect();
    let known = |words: &[&str]| words.contains(&word.as_str());
    let fixed = RELATIVE.iter().find(|(words, _)| known(words)).map(|(_, days)| *days);
    let either = EITHER.iter().find(|(words, _)| known(words)).map(|(_, days)| match towards {
        Towards::Future => *days,
        Towards::Past => -days,
    });
    let days = fixed.or(either)?;
    let count = Days::new(days.unsigned_abs());
    if days < 0 { today.checked_sub_days(count) } else { today.checked_add_days(count) }
}

/// A number as typed: the count of digits tells a year from a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    value: u32,
    digits: usize,
}

impl Number {
    fn of(digits: &str) -> Result<Self, DateProblem> {
        let value = digits.parse().map_err(|_| DateProblem::NotUnderstood)?;
        Ok(Self { value, digits: digits.len() })
    }

    /// Whether it can only be a year.
    fn is_year(self) -> bool {
        self.digits > 2
    }
}

/// The parts of a text.
#[derive(Debug, Default)]
struct Parts {
    numbers: Vec<Number>,
    month: Option<u32>,
    weekday: Option<Weekday>,
}

impl Parts {
    fn of(plain: &str) -> Result<Self, DateProblem> {
        let mut parts = Self::default();
        let mut rest = plain;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let ends = |c: char| if digits { !c.is_ascii_digit() } else { c.is_ascii_digit() || is_separator(c) };
            let (piece, after) = match rest.find(ends) {
                Some(0) => {
                    rest = rest.strip_prefix(first).unwrap_or_default();
                    continue;
                }
                Some(end) => rest.split_at(end),
                None => (rest, ""),
            };
            rest = after;
            if digits {
                parts.numbers.push(Number::of(piece)?);
            } else {
                parts.take_word(piece)?;
            }
        }
        if parts.numbers.is_empty() && parts.month.is_none() {
            let nothing = parts.weekday.is_none() && plain.chars().all(is_separator);
            return Err(if nothing { DateProblem::Empty } else { DateProblem::NotUnderstood });
        }
        Ok(parts)
    }

    fn take_word(&mut self, word: &str) -> Result<(), DateProblem> {
        if let Some(month) = month_of(word) {
            return if self.month.replace(month).is_some() { Err(DateProblem::NotUnderstood) } else { Ok(()) };
        }
        if let Some(weekday) = weekday_of(word) {
            self.weekday = Some(weekday);
            return Ok(());
        }
        if OTHER_MONTHS.contains(&without_ending(word)) {
            return Err(DateProblem::OtherCalendar);
        }
        if FILLERS.contains(&word) { Ok(()) } else { Err(DateProblem::NotUnderstood) }
    }

    fn day(&self, today: NaiveDate, towards: Towards) -> Result<NaiveDate, DateProblem> {
        match (self.numbers.as_slice(), self.month) {
            ([], _) => Err(DateProblem::DayMissing),
            ([day], Some(_)) if day.is_year() => Err(DateProblem::DayMissing),
            ([day], Some(month)) => without_year(month, day.value, today, towards),
            // Year first, as in Nepali and ISO 8601.
            ([year, day], Some(month)) if year.is_year() => full(*year, month, day.value, today),
            ([day, year], Some(month)) => full(*year, month, day.value, today),
            ([run], None) => in_a_row(*run, today),
            ([day, month], None) if !day.is_year() && !month.is_year() => {
                right_way_round(day.value, month.value)?;
                without_year(month.value, day.value, today, towards)
            }
            ([year, month, day], None) if year.is_year() => full(*year, month.value, day.value, today),
            ([day, month, year], None) => {
                right_way_round(day.value, month.value)?;
                full(*year, month.value, day.value, today)
            }
            _ => Err(DateProblem::NotUnderstood),
        }
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '/' | '-' | '.' | ',' | ';' | ':' | '\'' | '’' | '(' | ')' | '،' | '।' | '۔' | '⁄' | '／' | '−' | '‐'..='―'
        )
}

/// A Bengali word without the ending that says "in" or "of".
fn without_ending(word: &str) -> &str {
    ["ের", "ে", "র"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word)
}

/// The row that has a word: whole, without its ending, or as the first letters of an English one.
fn row_of(rows: &[&[&str]], word: &str) -> Option<usize> {
    let english = |known: &str| word.is_ascii() && word.len() >= 3 && known.starts_with(word);
    let exact = |word: &str| rows.iter().position(|row| row.iter().any(|known| *known == word || english(known)));
    exact(word).or_else(|| exact(without_ending(word)))
}

/// The month of a name, January being 1.
fn month_of(word: &str) -> Option<u32> {
    row_of(&MONTHS, word).and_then(|row| u32::try_from(row + 1).ok())
}

fn weekday_of(word: &str) -> Option<Weekday> {
    row_of(&WEEKDAYS, word).and_then(|row| Weekday::try_from(u8::try_from(row).ok()?).ok())
}

/// Refuses a month before the day.
fn right_way_round(day: u32, month: u32) -> Result<(), DateProblem> {
    let swapped = month > 12 && month <= 31 && (1..=12).contains(&day);
    if swapped { Err(DateProblem::MonthFirst) } else { Ok(()) }
}

/// The year of two or four digits. Two digits mean this century, or the last where that is more than 20 years ahead.
fn year_of(year: Number, today: NaiveDate) -> Result<i32, DateProblem> {
    let value = i32::try_from(year.value).map_err(|_| DateProblem::YearOutOfRange)?;
    let full = if year.digits == 2 {
        let century = today.year() / 100 * 100;
        if century + value > today.year() + 20 { century - 100 + value } else { century + value }
    } else {
        value
    };
    if YEARS.contains(&full) { Ok(full) } else { Err(DateProblem::YearOutOfRange) }
}

fn full(year: Number, month: u32, day: u32, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    NaiveDate::from_ymd_opt(year_of(year, today)?, month, day).ok_or(DateProblem::NoSuchDay)
}

/// The nearest such day in the direction `towards`; today counts for both.
fn without_year(month: u32, day: u32, today: NaiveDate, towards: Towards) -> Result<NaiveDate, DateProblem> {
    // A leap day may be eight years away.
    let days = (0..=8).filter_map(|years| match towards {
        Towards::Future => NaiveDate::from_ymd_opt(today.year() + years, month, day).filter(|found| *found >= today),
        Towards::Past => NaiveDate::from_ymd_opt(today.year() - years, month, day).filter(|found| *found <= today),
    });
    days.into_iter().next().ok_or(DateProblem::NoSuchDay)
}

/// A date without separators: `05112026`, `20261105`, `051126`.
fn in_a_row(run: Number, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    let number = |value: u32, digits: usize| Number { value, digits };
    let value = run.value;
    match run.digits {
        8 => {
            let day_first = full(number(value % 10_000, 4), value / 10_000 % 100, value / 1_000_000, today);
            day_first.or_else(|_| full(number(value / 10_000, 4), value / 100 % 100, value % 100, today))
        }
        6 => full(number(value % 100, 2), value / 100 % 100, value / 10_000, today),
        _ => Err(DateProblem::MonthMissing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use proptest::prelude::*;

    /// A Saturday.
    const TODAY: (i32, u32, u32) = (2026, 11, 28);

    fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    fn future(typed: &str) -> Result<NaiveDate, DateProblem> {
        read(typed, day(TODAY), Towards::Future)
    }

    #[test]
    fn a_day_is_read_in_every_usual_spelling() {
        let fifth = (2026, 11, 5);
        let table = [
            ("5/11/2026", fifth),
            ("05/11/2026", fifth),
            ("5-11-2026", fifth),
            ("5.11.2026", fifth),
            ("5 11 2026", fifth),
            ("5, 11, 2026", fifth),
            ("  5 / 11 / 2026  ", fifth),
            ("5–11–2026", fifth),
            ("5／11／2026", fifth),
            ("5/11/26", fifth),
            ("5.11.26.", fifth),
            ("2026-11-05", fifth),
            ("2026/11/5", fifth),
            ("2026.11.05", fifth),
            ("05112026", fifth),
            ("20261105", fifth),
            ("051126", fifth),
            ("৫/১১/২০২৬", fifth),
            ("৫.১১.২৬", fifth),
            ("০৫-১১-২০২৬", fifth),
            ("৫।১১।২০২৬", fifth),
            ("५/११/२०२६", fifth),
            ("२०२६-११-०५", fifth),
            ("٥/١١/٢٠٢٦", fifth),
            ("۵/۱۱/۲۰۲۶", fifth),
            ("\u{200F}۵/۱۱/۲۰۲۶", fifth),
            ("᱕/᱑᱑/᱒᱐᱒᱖", fifth),
            ("৫/11/২০26", fifth),
            ("5 Nov 2026", fifth),
            ("5 November 2026", fifth),
            ("5 NOV 2026", fifth),
            ("5nov2026", fifth),
            ("5-Nov-26", fifth),
            ("5th November, 2026", fifth),
            ("the 5th of November 2026", fifth),
            ("November 5, 2026", fifth),
            ("Nov. 5, 2026", fifth),
            ("Thu, 5 Nov 2026", fifth),
            ("Thursday 5/11/2026", fifth),
            ("1st Sept 2026", (2026, 9, 1)),
            ("৫ নভেম্বর ২০২৬", fifth),
            ("৫ নভেম্বর, ২০২৬", fifth),
            ("৫ই নভেম্বর ২০২৬", fifth),
            ("৫ নভেম্বরে ২০২৬", fifth),
            ("নভেম্বর ৫, ২০২৬", fifth),
            ("বৃহস্পতিবার, ৫ নভেম্বর ২০২৬", fifth),
            ("১লা জানুয়ারি ২০২৭", (2027, 1, 1)),
            ("১লা জানুয়ারী ২০২৭", (2027, 1, 1)),
            ("১ জানুযারি ২০২৭", (2027, 1, 1)),
            ("২১শে ফেব্রুয়ারি ২০২৭", (2027, 2, 21)),
            ("১৫ আগষ্ট ২০২৭", (2027, 8, 15)),
            ("১৫ অগস্ট ২০২৭", (2027, 8, 15)),
            ("5 नवंबर 2026", fifth),
            ("5 नवम्बर 2026", fifth),
            ("10 फ़रवरी 2027", (2027, 2, 10)),
            ("10 फ़रवरी 2027", (2027, 2, 10)),
            ("२०२६ नोभेम्बर ५", fifth),
            ("5 मई 2027", (2027, 5, 5)),
            ("۵ نومبر، ۲۰۲۶", fifth),
            ("۵ نومبر ۲۰۲۶", fifth),
            ("٥ نومبر ٢٠٢٦", fifth),
            ("۱۰ جنوري ۲۰۲۷", (2027, 1, 10)),
            ("29 Feb 2028", (2028, 2, 29)),
            ("1/1/1950", (1950, 1, 1)),
            ("1/1/50", (1950, 1, 1)),
            ("1/1/46", (2046, 1, 1)),
        ];
        assert!(table.len() >= 60);
        for (typed, expected) in table {
            assert_eq!(future(typed), Ok(day(expected)), "{typed}");
        }
    }

    #[test]
    fn what_the_words_leave_open_is_told_by_what_the_day_is_for() {
        // Text, its date towards the future, its date towards the past.
        let table = [
            ("5 November", (2027, 11, 5), (2026, 11, 5)),
            ("5 নভেম্বর", (2027, 11, 5), (2026, 11, 5)),
            ("৫/১১", (2027, 11, 5), (2026, 11, 5)),
            ("28 Nov", TODAY, TODAY),
            ("3 Dec", (2026, 12, 3), (2025, 12, 3)),
            ("29 Feb", (2028, 2, 29), (2024, 2, 29)),
            ("today", TODAY, TODAY),
            ("আজ", TODAY, TODAY),
            ("আজকে", TODAY, TODAY),
            ("आज", TODAY, TODAY),
            ("آج", TODAY, TODAY),
            ("Tomorrow", (2026, 11, 29), (2026, 11, 29)),
            ("আগামীকাল", (2026, 11, 29), (2026, 11, 29)),
            ("আগামী কাল", (2026, 11, 29), (2026, 11, 29)),
            ("भोलि", (2026, 11, 29), (2026, 11, 29)),
            ("yesterday", (2026, 11, 27), (2026, 11, 27)),
            ("গতকাল", (2026, 11, 27), (2026, 11, 27)),
            ("हिजो", (2026, 11, 27), (2026, 11, 27)),
            ("কাল", (2026, 11, 29), (2026, 11, 27)),
            ("कल", (2026, 11, 29), (2026, 11, 27)),
            ("کل", (2026, 11, 29), (2026, 11, 27)),
            ("পরশু", (2026, 11, 30), (2026, 11, 26)),
            ("परसों", (2026, 11, 30), (2026, 11, 26)),
        ];
        for (typed, to_come, past) in table {
            assert_eq!(future(typed), Ok(day(to_come)), "{typed}");
            assert_eq!(read(typed, day(TODAY), Towards::Past), Ok(day(past)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        use DateProblem as P;
        let table = [
            ("", P::Empty),
            (" / ", P::Empty),
            ("soon", P::NotUnderstood),
            ("next week", P::NotUnderstood),
            ("সোমবার", P::NotUnderstood),
            ("5 Nov Dec 2026", P::NotUnderstood),
            ("5/11/2026/7", P::NotUnderstood),
            ("2026-11", P::NotUnderstood),
            ("5 Nov 2026 10:30", P::NotUnderstood),
            ("99999999999", P::NotUnderstood),
            ("5", P::MonthMissing),
            ("২০২৬", P::MonthMissing),
            ("November", P::DayMissing),
            ("নভেম্বর ২০২৬", P::DayMissing),
            ("31/6/2026", P::NoSuchDay),
            ("29/2/2027", P::NoSuchDay),
            ("0/11/2026", P::NoSuchDay),
            ("5/13/2026", P::MonthFirst),
            ("11/25/2026", P::MonthFirst),
            ("11/25", P::MonthFirst),
            ("40/40/2026", P::NoSuchDay),
            ("Friday, 5 Nov 2026", P::OtherWeekday),
            ("শুক্রবার ৫ নভেম্বর ২০২৬", P::OtherWeekday),
            ("5/11/0026", P::YearOutOfRange),
            ("5/11/20266", P::YearOutOfRange),
            ("5/11/1026", P::YearOutOfRange),
            ("৫ অগ্রহায়ণ ১৪৩৩", P::OtherCalendar),
            ("१५ मंसिर", P::OtherCalendar),
        ];
        for (typed, expected) in table {
            assert_eq!(future(typed), Err(expected), "{typed}");
        }
        for problem in P::ALL {
            assert!(table.iter().any(|(_, shown)| *shown == problem), "{problem:?} has no example");
        }
    }

    /// The names of the months as on the screens.
    fn months(language: Language) -> Vec<String> {
        let path = format!("{}/../../public/locales/citizen.{}.json", env!("CARGO_MANIFEST_DIR"), language.tag());
        let later = path.replace("citizen.", "later.");
        let words = [path, later].into_iter().find_map(|path| {
            let words: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
            words.get("date.months").and_then(|months| months.as_str()).map(str::to_owned)
        });
        words.expect("the months").split('|').map(str::to_owned).collect()
    }

    #[test]
    fn every_month_of_every_language_is_known() {
        for language in Language::CITIZEN {
            for (index, name) in months(language).iter().enumerate() {
                assert_eq!(month_of(&plain(name)), u32::try_from(index + 1).ok(), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(days in 0u64..73_000, language in proptest::sample::select(Language::CITIZEN.to_vec())) {
            let shown = day((1900, 1, 1)) + Days::new(days);
            let names = months(language);
            let month = names.get(shown.month0() as usize).expect("a month");
            let words = language.day_in_full(shown.year(), month, shown.day());
            prop_assert_eq!(future(&words), Ok(shown), "{}", words);
            let numbers = language.digits(&format!("{}/{}/{}", shown.day(), shown.month(), shown.year()));
            prop_assert_eq!(future(&numbers), Ok(shown), "{}", numbers);
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(typed in "\\PC{0,24}") {
            let _ = future(&typed);
        }
    }
}
