//! Finds the six digits of a one-time code in what was typed or pasted: the digits alone, or the whole text message.

use crate::text;

/// Digits of a code.
const DIGITS: usize = 6;

/// The code, in ASCII digits; `None` where the text does not contain exactly one, which does not count as a try.
#[must_use]
pub fn find(typed: &str) -> Option<String> {
    let seen = text::fold_digits(typed);
    let seen: String = seen.chars().filter(|c| !is_unseen(*c)).collect();
    // No letters, so all digits belong together, however they are grouped.
    if !seen.chars().any(char::is_alphabetic) {
        let all = text::digits(&seen);
        if all.len() == DIGITS {
            return Some(all);
        }
    }
    let runs = runs(&seen);
    only(runs.iter().filter(|run| run.digits.len() == DIGITS).map(|run| run.digits.clone()))
        .or_else(|| only(runs.windows(2).filter_map(halves)))
}

/// Consecutive digits, and where they stand.
struct Run {
    digits: String,
    start: usize,
    end: usize,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, c) in text.chars().enumerate() {
        if !c.is_ascii_digit() {
            continue;
        }
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => {
                run.digits.push(c);
                run.end = at + 1;
            }
            None => runs.push(Run { digits: c.to_string(), start: at, end: at + 1 }),
        }
    }
    runs
}

/// "123 456" or "123-456" within a text.
fn halves(pair: &[Run]) -> Option<String> {
    match pair {
        [first, second] if first.digits.len() == 3 && second.digits.len() == 3 && second.start == first.end + 1 => {
            Some(format!("{}{}", first.digits, second.digits))
        }
        _ => None,
    }
}

/// The value that all of them have; `None` where there are none or they differ.
fn only(mut found: impl Iterator<Item = String>) -> Option<String> {
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// Whether it is a mark of direction or joining, which messengers put between digits.
fn is_unseen(c: char) -> bool {
    c != '\n' && c != '\t' && c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_code_is_found_in_whatever_was_pasted() {
        for typed in [
            "123456",
            " 123 456 ",
            "123-456",
            "1 2 3 4 5 6",
            "১২৩৪৫৬",
            "१२३ ४५६",
            "۱۲۳۴۵۶",
            "\u{200e}123456\u{202c}",
            "123456 is your Pratikar code. It works for 10 minutes. Tell it to nobody.",
            "১২৩৪৫৬ আপনার প্রতিকার কোড। ১০ মিনিট চলবে। কাউকে বলবেন না।",
            "123456 आपका प्रतिकार कोड है। 10 मिनट चलेगा। किसी को न बताएँ।",
            "123456 तपाईंको प्रतिकार कोड हो। १० मिनेट चल्छ।",
            "123456 آپ کا پرتیکار کوڈ ہے۔ ۱۰ منٹ چلے گا۔ کسی کو نہ بتائیں۔",
            "VM-PRTKAR: 123456 is your code. Call 1800 345 6789",
            "code 123 456, valid for 10 minutes",
            "code 123456. code 123456.",
        ] {
            assert_eq!(find(typed).as_deref(), Some("123456"), "{typed}");
        }
    }

    #[test]
    fn where_there_is_not_exactly_one_it_is_no_try() {
        for typed in
            ["", "12345", "1234567", "abc", "code 123456 or 654321", "9830012345", "10 minutes", "12 3456 code"]
        {
            assert_eq!(find(typed), None, "{typed}");
        }
    }
}
