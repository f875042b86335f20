//! Text as people type it: cleaning, counting, digits, search keys.
//!
//! Bengali text is kept as typed, except for what no reader can see (docs/rules.md, TXT-01 to TXT-05).

/// The digit zero of each script whose digits are accepted: ASCII, Bengali, Devanagari, Arabic-Indic, Extended
/// Arabic-Indic (Urdu), Ol Chiki.
const ZEROS: [char; 6] = ['0', '\u{09E6}', '\u{0966}', '\u{0660}', '\u{06F0}', '\u{1C50}'];

/// The ASCII digit that `c` stands for in any accepted script; `None` where it is not a digit.
#[must_use]
pub fn ascii_digit(c: char) -> Option<char> {
    ZEROS.into_iter().find_map(|zero| {
        let value = (c as u32).checked_sub(zero as u32).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    })
}

/// The text with all digits as ASCII.
#[must_use]
pub fn fold_digits(text: &str) -> String {
    text.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect()
}

/// Only the digits of the text, as ASCII.
#[must_use]
pub fn digits(text: &str) -> String {
    text.chars().filter_map(ascii_digit).collect()
}

/// Removes what no reader sees and what could mislead: controls except the line feed, bidirectional overrides, byte
/// order marks, spaces without width, tags, non-characters; then outer white space. ZWJ and ZWNJ stay, since they shape Bengali and Nepali
/// (TXT-01). CR LF becomes LF.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\t' || c == '\r' { ' ' } else { c })
        .filter(|c| *c == '\n' || !is_stripped(*c))
        .collect();
    kept.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_owned()
}

/// Clean text on one line: line breaks and runs of spaces become one space.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether each line of a text stands in one of these others, whatever its spaces, signs and capitals. It keeps honest people to
/// the words; whoever wants to twist them can still cut them.
#[must_use]
pub fn is_quoted(text: &str, others: &[String]) -> bool {
    let bare = |text: &str| -> String {
        let kept =
            |c: &char| !c.is_whitespace() && !c.is_ascii_punctuation() && !matches!(c, '।' | '‘' | '’' | '“' | '”');
        text.chars().filter(kept).flat_map(char::to_lowercase).collect()
    };
    let others: Vec<String> = others.iter().map(|other| bare(other)).collect();
    let lines: Vec<String> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    !lines.is_empty() && lines.iter().all(|line| others.iter().any(|other| other.contains(line)))
}

fn is_stripped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FDD0}'..='\u{FDEF}')
        // A word with one of these within looks like another word and is found by no search; tags can carry a hidden text.
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{00AD}')
}

/// Whether there is nothing to read: no letter or digit of any script.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Length as a reader counts it: vowel signs and conjuncts belong to their letter (`ক্ষ` is 1). Follows Unicode's
/// extended grapheme clusters for the scripts of this state without bringing their tables into the browser; a test
/// compares the two (TXT-02, ERR-09).
#[must_use]
pub fn length(text: &str) -> usize {
    let mut count = 0;
    let mut joins = false; // the last letter ends in a virama that joins the next one
    let mut base_joins = false; // that letter is of a script whose virama forms conjuncts
    let mut last = None;
    for c in text.chars() {
        let extends = is_mark(c) && last.is_some_and(|last| last != '\n');
        let joined = joins && is_conjoining_letter(c);
        let crlf = c == '\n' && last == Some('\r');
        if !extends && !joined && !crlf {
            count += 1;
        }
        if is_conjoining_virama(c) {
            joins = base_joins;
        } else if !is_mark(c) {
            joins = false;
            base_joins = is_conjoining_letter(c);
        } else if !is_conjunct_extender(c) {
            joins = false;
            base_joins = false;
        }
        last = Some(c);
    }
    count
}

/// Marks that may stand inside a conjunct: all but those with a width of their own and the joiner that prevents a
/// conjunct.
fn is_conjunct_extender(c: char) -> bool {
    is_mark(c)
        && !matches!(c,
            '\u{200C}'
            | '\u{0903}' | '\u{093B}' | '\u{093E}'..='\u{0940}' | '\u{0949}'..='\u{094C}' | '\u{094E}' | '\u{094F}'
            | '\u{0982}' | '\u{0983}' | '\u{09BF}' | '\u{09C0}' | '\u{09C7}' | '\u{09C8}' | '\u{09CB}' | '\u{09CC}')
}

fn is_conjoining_virama(c: char) -> bool {
    matches!(c, '\u{094D}' | '\u{09CD}')
}

fn is_conjoining_letter(c: char) -> bool {
    matches!(c,
        '\u{0915}'..='\u{0939}' | '\u{0958}'..='\u{095F}' | '\u{0978}'..='\u{097F}'
        | '\u{0995}'..='\u{09A8}' | '\u{09AA}'..='\u{09B0}' | '\u{09B2}' | '\u{09B6}'..='\u{09B9}'
        | '\u{09DC}' | '\u{09DD}' | '\u{09DF}' | '\u{09F0}' | '\u{09F1}')
}

/// Combining marks and joiners of the scripts in use.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}'
        | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{093C}' | '\u{093E}'..='\u{094F}'
        | '\u{0951}'..='\u{0957}' | '\u{0962}' | '\u{0963}'
        | '\u{0981}'..='\u{0983}' | '\u{09BC}' | '\u{09BE}'..='\u{09C4}' | '\u{09C7}' | '\u{09C8}'
        | '\u{09CB}'..='\u{09CD}' | '\u{09D7}' | '\u{09E2}' | '\u{09E3}' | '\u{09FE}'
        | '\u{200C}' | '\u{200D}' | '\u{20D0}'..='\u{20F0}' | '\u{FE00}'..='\u{FE0F}')
}

/// The first `limit` letters as a reader counts them, followed by an ellipsis where something was cut.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut end = 0;
    for (index, c) in text.char_indices() {
        let next = index + c.len_utf8();
        if text.get(..next).is_none_or(|head| length(head) > limit.saturating_sub(1)) {
            break;
        }
        end = next;
    }
    format!("{}…", text.get(..end).unwrap_or_default().trim_end())
}

/// Longest title, in letters.
const TITLE: usize = 70;

/// The title of a case on lists: the beginning of its text, at most 70 letters, cut at the end of a word. It does not
/// stop at a full stop, which may belong to `Dr.`, `Rs.` or `3.`.
#[must_use]
pub fn title(text: &str) -> String {
    let line = clean_line(text);
    if length(&line) <= TITLE {
        return line.trim_end_matches(['।', '.', ' ']).to_owned();
    }
    let cut = shorten(&line, TITLE);
    let kept = cut.trim_end_matches('…');
    // A word that was cut is dropped, unless it fills most of the line.
    let whole = line.get(kept.len()..).is_some_and(|rest| rest.starts_with(' '));
    let end = if whole { kept.len() } else { kept.rfind(' ').unwrap_or(0) };
    let words = kept.get(..end).unwrap_or_default().trim_end_matches(|c: char| " ,;:–-।.".contains(c));
    if length(words) < TITLE / 2 { cut } else { format!("{words}…") }
}

/// The key for searching: equal for all ways of typing the same words (TXT-03). Expects NFC, which the server ensures
/// for all input; returns lower-case words separated by single spaces.
#[must_use]
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => key.push(c.to_ascii_lowercase()),
            // What is one letter in NFC; pages have it as it was typed.
            '\u{09BE}' if key.ends_with('\u{09C7}') => replace_end(&mut key, "\u{09C7}", '\u{09CB}'),
            '\u{09D7}' if key.ends_with('\u{09C7}') => replace_end(&mut key, "\u{09C7}", '\u{09CC}'),
            '\u{200D}' if key.ends_with("ত্") => replace_end(&mut key, "ত্", 'ৎ'),
            '\u{200C}' | '\u{200D}' => {}
            'ৰ' => key.push('র'),
            'ৱ' => key.push('ব'),
            // One character or two: pages have the letter as it was typed, the server in NFC.
            '\u{09DC}' => key.push_str("ড\u{09BC}"),
            '\u{09DD}' => key.push_str("ঢ\u{09BC}"),
            '\u{09DF}' => key.push_str("য\u{09BC}"),
            '\u{095B}' => key.push_str("ज\u{093C}"),
            '\u{095C}' => key.push_str("ड\u{093C}"),
            '\u{095D}' => key.push_str("ढ\u{093C}"),
            '\u{095E}' => key.push_str("फ\u{093C}"),
            // Letters of Arabic keyboards are replaced by those of Urdu ones.
            'ك' => key.push('ک'),
            'ي' => key.push('ی'),
            c if is_mark(c) => key.push(c),
            c => match ascii_digit(c) {
                Some(digit) => key.push(digit),
                // Most of what is typed; it has no capitals, so no table is needed.
                None if ('\u{0980}'..'\u{0A00}').contains(&c) => key.push(c),
                None if c.is_alphanumeric() => key.extend(c.to_lowercase()),
                None if key.is_empty() || key.ends_with(' ') => {}
                None => key.push(' '),
            },
        }
    }
    key.truncate(key.trim_end_matches(' ').len());
    key
}

fn replace_end(key: &mut String, end: &str, by: char) {
    key.truncate(key.len() - end.len());
    key.push(by);
}

/// Whether a character belongs to a word: letters, digits and their marks.
pub(crate) fn is_of_word(c: char) -> bool {
    // The Bengali block without its signs of money, which needs no table.
    matches!(c, '\u{0985}'..='\u{09F1}') || c.is_ascii_alphanumeric() || c.is_alphanumeric() || is_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    #[test]
    fn digits_of_every_script_fold_to_ascii() {
        for text in ["0123456789", "০১২৩৪৫৬৭৮৯", "०१२३४५६७८९", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙"]
        {
            assert_eq!(fold_digits(text), "0123456789");
            assert_eq!(digits(&format!(" {text}-x")), "0123456789");
        }
    }

    #[test]
    fn length_counts_as_a_reader_does() {
        let table = [
            ("", 0),
            ("ক্ষ", 1),
            ("শ্রী", 1),
            ("জল", 2),
            ("হয়নি", 3),
            ("a\u{301}b", 2),
            ("র‍্যা", 1),
            ("ab\n", 3),
            ("ক\u{941}\u{9cd}ক", 1),
        ];
        for (text, expected) in table {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn cleaning_keeps_joiners_and_drops_what_misleads() {
        assert_eq!(clean("  র‍্যা\u{202E}x\u{0007}\u{FEFF} \r\n"), "র‍্যাx");
        assert_eq!(clean("\u{200B} \n\t "), "");
        assert_eq!(clean("po\u{200B}lice\u{AD} ক\u{E0061}\u{E007F}\u{2063}ল"), "police কল");
        assert_eq!(clean("ک\u{200C}ی \u{200F}۱"), "ک\u{200C}ی \u{200F}۱", "what shapes Urdu stays");
        assert_eq!(clean_line("a \n b\tc"), "a b c");
        assert!(is_blank(" ।\n…") && !is_blank("জ"));
    }

    #[test]
    fn search_keys_meet_across_ways_of_typing() {
        let same = [("১২৩", "123"), ("র‍্যাশন", "র্যাশন"), ("উৎসব", "উত্‍সব"), ("Pump।HOUSE", "pump house"), ("ৰাস্তা", "রাস্তা")];
        for (a, b) in same {
            assert_eq!(search_key(a), search_key(b), "{a} and {b}");
        }
        assert_ne!(search_key("মেতু"), search_key("মাতা"));
    }

    #[test]
    fn titles_are_how_a_text_begins_to_the_end_of_a_word() {
        let table = [
            ("টিউবওয়েল খারাপ। জল নেই।", "টিউবওয়েল খারাপ। জল নেই"),
            ("Dr. Sen has not come for 3 weeks.", "Dr. Sen has not come for 3 weeks"),
            ("3. Rs. 500 was asked for", "3. Rs. 500 was asked for"),
            ("ড. সেন আসেন না", "ড. সেন আসেন না"),
            ("", ""),
            ("…", "…"),
        ];
        for (text, expected) in table {
            assert_eq!(title(text), expected);
        }
        let long =
            "The tube well beside the primary school of our village has been out of order since the rains ended.";
        assert_eq!(title(long), "The tube well beside the primary school of our village has been out…");
        for text in
            ["ক".repeat(500), "ক ".repeat(500), format!("{} b", "a".repeat(69)), format!("{} b c", "a".repeat(69))]
        {
            let title = title(&text);
            assert!(length(&title) <= TITLE && !title.is_empty(), "{title}");
        }
        assert_eq!(shorten("জল নেই", 3), "জল…");
    }

    proptest! {
        #[test]
        fn length_agrees_with_unicode_on_the_scripts_in_use(text in "[ক-হা-ৌ়্ংঃঁক-ন \u{0915}-\u{0939}\u{093c}\u{093e}-\u{094d}a-z0-9\u{200d}.]{0,24}") {
            // A mark without a letter before it is a cluster of its own in Unicode; nobody types one first.
            let text = format!("ক{text}");
            prop_assert_eq!(length(&text), text.graphemes(true).count());
        }

        #[test]
        fn cleaning_twice_is_cleaning_once(text in "\\PC{0,40}|[\u{0}-\u{20}\u{200b}-\u{202e}a]{0,20}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
