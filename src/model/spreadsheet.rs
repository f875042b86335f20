//! Administered tables as spreadsheets read and write them: CSV (RFC 4180) in the place of cells between tabs. What goes out and
//! comes back unchanged is the same to the letter.
//!
//! Two functions of their own, because a CSV library would be a tenth of the room that is left in the staff app.

/// What tells a spreadsheet that the text is UTF-8.
const MARK: char = '\u{FEFF}';

/// Why a file cannot be read as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not UTF-8: letters are lost.
    NotUnicode,
    /// A quotation mark is open at the end.
    Open,
    /// A cell holds a tab or a line break, which no cell of a table can hold.
    Broken,
}

/// Lines of cells between tabs as CSV.
#[must_use]
pub fn to_csv(table: &str) -> String {
    let cell = |cell: &str| match cell.contains([',', ';', '"', '\r']) || cell.trim() != cell {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let line = |line: &str| line.split('\t').map(cell).collect::<Vec<_>>().join(",");
    // Every line ends with a break, as in the table: the last piece is what follows the last break.
    let lines: Vec<_> = table.split('\n').map(line).collect();
    format!("{MARK}{}", lines.join("\r\n"))
}

/// Reads CSV as lines of cells between tabs; cells may be separated by commas, or by semicolons as some spreadsheets write it.
///
/// # Errors
/// Where the text cannot be a table.
pub fn from_csv(csv: &str) -> Result<String, Unreadable> {
    let csv = csv.strip_prefix(MARK).unwrap_or(csv);
    if csv.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Unreadable::NotUnicode);
    }
    // By the head, without what stands between quotation marks.
    let head: String = csv.lines().next().unwrap_or_default().split('"').step_by(2).collect();
    let separator = if head.contains(';') && !head.contains(',') { ';' } else { ',' };
    let (mut table, mut quoted) = (String::with_capacity(csv.len()), false);
    let mut letters = csv.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => table.push('"'),
            // A mark within an open cell is a letter.
            '"' if quoted || table.is_empty() || table.ends_with(['\t', '\n']) => quoted = !quoted,
            '\t' | '\n' | '\r' if quoted => return Err(Unreadable::Broken),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\t' => return Err(Unreadable::Broken),
            letter if letter == separator && !quoted => table.push('\t'),
            letter => table.push(letter),
        }
    }
    if quoted { Err(Unreadable::Open) } else { Ok(table) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        for (csv, table) in [
            ("code,name\r\nPHE,\"Water, and more\"\r\n", "code\tname\nPHE\tWater, and more\n"),
            ("\u{FEFF}code;name\r\nPHE;জল\r\n", "code\tname\nPHE\tজল\n"),
            ("a,\"say \"\"yes\"\"\"\n,\n", "a\tsay \"yes\"\n\t\n"),
            ("5\" pipe,b", "5\" pipe\tb"),
            ("", ""),
        ] {
            assert_eq!(from_csv(csv).as_deref(), Ok(table), "{csv:?}");
        }
    }

    #[test]
    fn what_no_table_can_hold_is_refused() {
        for (csv, why) in [
            ("a,\"b\nc\"\n", Unreadable::Broken),
            ("a,\"b\tc\"\n", Unreadable::Broken),
            ("a\tb\n", Unreadable::Broken),
            ("a,\"b\n", Unreadable::Broken),
            ("a,\"b", Unreadable::Open),
            ("a,\u{FFFD}\n", Unreadable::NotUnicode),
        ] {
            assert_eq!(from_csv(csv), Err(why), "{csv:?}");
        }
    }

    proptest! {
        #[test]
        fn out_and_in_again_is_the_same(cells in prop::collection::vec(prop::collection::vec("[a-z,;\" \u{985}-\u{9B9}]{0,6}", 1..4), 0..5)) {
            let table: String = cells.iter().map(|line| line.join("\t") + "\n").collect();
            prop_assert_eq!(from_csv(&to_csv(&table)), Ok(table));
        }
    }

    #[test]
    fn every_delivered_table_comes_back_to_the_letter() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public/reference");
        let tables = std::fs::read_dir(folder).expect("the tables").filter_map(Result::ok).map(|file| file.path());
        let tables: Vec<_> = tables.filter(|path| path.extension().is_some_and(|ending| ending == "tsv")).collect();
        assert!(tables.len() > 5, "{tables:?}");
        for path in tables {
            let table = std::fs::read_to_string(&path).expect("a table");
            assert_eq!(from_csv(&to_csv(&table)).as_deref(), Ok(table.as_str()), "{}", path.display());
        }
    }
}
