//! What a text message from a citizen asks for or answers. Every word that is understood stands here.
//!
//! Doubt is asked about again, never guessed: a wrong "yes" closes a grievance.

use crate::{Reference, text};

/// What somebody sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An answer to "is it done?".
    Answer(Answer),
    /// Send me a code.
    Code,
    /// Send me nothing more.
    Stop,
    /// Send me messages again.
    Start,
    /// These messages are for somebody else.
    WrongNumber,
    /// None of these, or more than one of them.
    Unclear,
}

/// An answer to "is it done?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is done.
    pub done: bool,
    /// The number in the message that is answered, which names its report; none where it was said in words.
    pub code: Option<u8>,
    /// The grievance, where one is named.
    pub reference: Option<Reference>,
}

/// The numbers to answer the question after a report with, for yes and for no: each report has two of its own, so
/// that a late answer to an earlier one is not taken for an answer to it. After 49 they begin again.
///
/// A person's `first` grievance begins with 1 and 2; every other begins where its reference says, for a late answer to
/// one must not be taken for an answer to another either.
#[must_use]
pub fn codes(of: Reference, first: bool, report: u8) -> (u8, u8) {
    let start = if first { 0 } else { 1 + (of.as_u64() / 10 % 48) };
    let at = (start + u64::from(report.saturating_sub(1))) % 49;
    let yes = u8::try_from(at).unwrap_or(0) * 2 + 1;
    (yes, yes + 1)
}

const CODE: [&str; 8] = ["code", "kod", "otp", "কোড", "कोड", "कोड्", "کوڈ", "send code"];

const STOP: [&str; 20] = [
    "stop",
    "stop sms",
    "stop all",
    "unsubscribe",
    "bondho",
    "bandho",
    "bondho karun",
    "band karo",
    "band karein",
    "বন্ধ",
    "বন্ধ করুন",
    "বন্ধ করো",
    "থামুন",
    "बंद",
    "बन्द",
    "बंद करो",
    "बंद करें",
    "बन्द गर्नुहोस्",
    "بند",
    "بند کریں",
];

const START: [&str; 11] = ["start", "resume", "chalu", "চালু", "চালু করুন", "शुरू", "चालू", "चालु", "सुरु", "شروع", "چالو"];

/// Found anywhere in a short message.
const WRONG_NUMBER: [&str; 26] = [
    "wrong number",
    "wrong no",
    "wrong person",
    "not my number",
    "not mine",
    "not me",
    "rong number",
    "bhul number",
    "vul number",
    "bhul nombor",
    "vul nombor",
    "galat number",
    "ভুল নম্বর",
    "ভুল নাম্বার",
    "ভুল নাম্বারে",
    "ভুল নম্বরে",
    "রং নাম্বার",
    "रॉन्ग नंबर",
    "गलत नंबर",
    "गलत नम्बर",
    "ग़लत नंबर",
    "गलत न",
    "رانگ نمبر",
    "غلط نمبر",
    "غلط نمبر ہے",
    "amar na ei number",
];

const YES: [&str; 22] = [
    "yes",
    "y",
    "ha",
    "hya",
    "hyan",
    "haan",
    "han",
    "ji",
    "হ্যাঁ",
    "হ্যা",
    "হা",
    "হাঁ",
    "জি",
    "हाँ",
    "हां",
    "हा",
    "जी",
    "हो",
    "ho",
    "ہاں",
    "جی",
    "جی ہاں",
];

const NO: [&str; 18] = [
    "no",
    "n",
    "na",
    "nahi",
    "nahin",
    "nai",
    "hoini",
    "hoyni",
    "না",
    "হয়নি",
    "হইনি",
    "नहीं",
    "नही",
    "होइन",
    "छैन",
    "भएन",
    "نہیں",
    "نہ",
];

/// What may stand beside a yes without taking it back.
const WITH_YES: [&str; 29] = [
    "done",
    "ok",
    "okay",
    "thanks",
    "thank",
    "you",
    "thankyou",
    "it",
    "is",
    "sir",
    "madam",
    "dhonnobad",
    "dhanyabad",
    "hoyeche",
    "hoeche",
    "gache",
    "ho",
    "gaya",
    "ধন্যবাদ",
    "হয়েছে",
    "হয়ে",
    "গেছে",
    "धन्यवाद",
    "शुक्रिया",
    "भयो",
    "गया",
    "شکریہ",
    "ہو",
    "گیا",
];

/// What, beside a no, says the opposite: then nobody knows.
const AGAINST_NO: [&str; 24] = [
    "issue",
    "complaint",
    "thik",
    "theek",
    "geche",
    "gache",
    "গেছে",
    "done",
    "repaired",
    "fixed",
    "solved",
    "thanks",
    "thank",
    "ok",
    "problem",
    "হয়েছে",
    "ধন্যবাদ",
    "ঠিক",
    "हुआ",
    "धन्यवाद",
    "भयो",
    "ٹھیک",
    "شکریہ",
    "hoyeche",
];

/// Words of a message that may say "wrong number" and no more.
const SHORT: usize = 8;

/// Reads a message: "1", "2 না", "yes 4831 9027 5516", "STOP" and the like.
#[must_use]
pub fn read(message: &str) -> Said {
    let key = text::search_key(message);
    let words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    let whole = |list: &[&str]| list.iter().any(|entry| text::search_key(entry) == key);
    if whole(&CODE) {
        return Said::Code;
    }
    if whole(&STOP) {
        return Said::Stop;
    }
    if whole(&START) {
        return Said::Start;
    }
    let padded = format!(" {key} ");
    if words.len() <= SHORT
        && WRONG_NUMBER.iter().any(|entry| padded.contains(&format!(" {} ", text::search_key(entry))))
    {
        return Said::WrongNumber;
    }
    answer(message, &words).map_or(Said::Unclear, Said::Answer)
}

fn answer(message: &str, words: &[&str]) -> Option<Answer> {
    let is_number = |word: &str| word.bytes().all(|c| c.is_ascii_digit());
    let (first, rest) = words.split_first()?;
    let code = Some(*first).filter(|first| is_number(first) && first.len() <= 2).and_then(|first| first.parse().ok());
    let said: &[&str] = if code.is_some() { rest } else { words };
    let numbers: String = said.iter().filter(|word| is_number(word)).copied().collect();
    let reference = Reference::parse(&numbers).ok();
    // Another number than that of a grievance: "1/2", "2 days", half of a number.
    if !numbers.is_empty() && reference.is_none() {
        return None;
    }
    let said: Vec<&str> = said.iter().copied().filter(|word| !is_number(word)).collect();
    let within = |list: &[&str], word: &str| list.iter().any(|entry| text::search_key(entry) == word);
    let agrees = said.iter().all(|word| within(&YES, word) || within(&WITH_YES, word));
    let denies = said.first().is_some_and(|word| within(&NO, word));
    let doubted = said.iter().any(|word| within(&AGAINST_NO, word) || (within(&YES, word) && !within(&NO, word)));
    // "Yes?" asks, and "ha ha" laughs.
    let laughs =
        said.iter().enumerate().any(|(at, word)| within(&YES, word) && said.iter().skip(at + 1).any(|w| w == word));
    if laughs || message.contains(['?', '؟']) {
        return None;
    }
    let done = match code {
        Some(code) if code == 0 || code > 98 => return None,
        Some(code) if code % 2 == 1 => agrees.then_some(true)?,
        // "2, there is no water" goes on after a stop; "2 days ago" does not.
        Some(_) => ((said.is_empty() || denies || goes_on_after_stop(message)) && !doubted).then_some(false)?,
        None if agrees && said.first().is_some_and(|word| within(&YES, word)) => true,
        None => (denies && !doubted).then_some(false)?,
    };
    Some(Answer { done, code, reference })
}

/// Whether what follows the first number is parted from it by more than a space.
fn goes_on_after_stop(message: &str) -> bool {
    let folded = text::fold_digits(&text::clean(message));
    let after = folded.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    after.starts_with([',', '.', '-', ':', ';', ')', '।', '۔', '،', '–', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(done: bool, code: Option<u8>, reference: Option<Reference>) -> Said {
        Said::Answer(Answer { done, code, reference })
    }

    #[test]
    fn answers_are_read_as_people_send_them() {
        let number = Reference::from_payload(4_831_902_755);
        let table = [
            ("1".to_owned(), of(true, Some(1), None)),
            (" ২ ".to_owned(), of(false, Some(2), None)),
            ("1 হ্যাঁ".to_owned(), of(true, Some(1), None)),
            ("1 yes".to_owned(), of(true, Some(1), None)),
            ("2 না".to_owned(), of(false, Some(2), None)),
            ("4 होइन".to_owned(), of(false, Some(4), None)),
            ("हो".to_owned(), of(true, None, None)),
            ("جی ہاں".to_owned(), of(true, None, None)),
            ("Yes, done. thanks".to_owned(), of(true, None, None)),
            ("না, জল নেই".to_owned(), of(false, None, None)),
            ("2, জল নেই".to_owned(), of(false, Some(2), None)),
            (format!("2 {}", number.grouped()), of(false, Some(2), Some(number))),
            (format!("1 {number}"), of(true, Some(1), Some(number))),
            (format!("yes {}", number.grouped()), of(true, None, Some(number))),
            ("1, ধন্যবাদ".to_owned(), of(true, Some(1), None)),
        ];
        for (message, said) in table {
            assert_eq!(read(&message), said, "{message}");
        }
    }

    #[test]
    fn doubt_is_asked_about_again() {
        for message in [
            "",
            "12 13",
            "1/2",
            "1 2",
            "1 মাস হল কিছুই হয়নি",
            "ha kintu hoyni",
            "2 days ago it was repaired, thank you",
            "2 din por",
            "I am driving, will call later",
            "yes but no water",
            "ha ha",
            "হা হা",
            "yes?",
            "জি?",
            "1?",
            "না, কাজ হয়ে গেছে",
            "na na hoye geche",
            "no issue now",
            "2, thik ache",
            "no problem, it is done",
            "0",
            "99",
            "1 না",
            "done",
            "2 yes",
        ] {
            assert_eq!(read(message), Said::Unclear, "{message}");
        }
    }

    #[test]
    fn commands_are_told_from_answers() {
        for (message, said) in [
            ("CODE", Said::Code),
            ("কোড", Said::Code),
            ("कोड", Said::Code),
            ("کوڈ", Said::Code),
            ("kod", Said::Code),
            ("STOP.", Said::Stop),
            ("বন্ধ", Said::Stop),
            ("बंद", Said::Stop),
            ("Start", Said::Start),
            ("This is a wrong number", Said::WrongNumber),
            ("ভুল নম্বর", Said::WrongNumber),
            ("गलत नंबर", Said::WrongNumber),
            ("غلط نمبر", Said::WrongNumber),
            ("bhul number", Said::WrongNumber),
        ] {
            assert_eq!(read(message), said, "{message}");
        }
    }

    #[test]
    fn each_report_has_numbers_of_its_own() {
        let of = Reference::from_payload(7);
        let first = |report| codes(of, true, report);
        assert_eq!((first(1), first(2), first(49), first(50)), ((1, 2), (3, 4), (97, 98), (1, 2)));
        assert_eq!(first(0), (1, 2));
        for payload in 0..200 {
            let (yes, no) = codes(Reference::from_payload(payload), false, 1);
            assert!(yes > 2 && no == yes + 1 && no <= 98, "{yes}: another grievance begins with other numbers");
        }
    }
}
