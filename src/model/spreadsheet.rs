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
    /// In this line, from 1, a cell holds a tab or a line break, which no cell of a table can hold; or a quotation mark is not
    /// closed.
    Broken(usize),
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

/// Reads CSV as lines of cells between tabs; cells may be separated by commas, or by semicolons or tabs as some spreadsheets write
/// it. Empty lines and columns, which spreadsheets add, are left out.
///
/// # Errors
/// Where the text cannot be a table.
pub fn from_csv(csv: &str) -> Result<String, Unreadable> {
    let csv = csv.strip_prefix(MARK).unwrap_or(csv);
    if csv.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Unreadable::NotUnicode);
    }
    // Some programs say the separator in a line of its own.
    let said = csv.strip_prefix("sep=").and_then(|rest| Some((rest.chars().next()?, rest.split_once('\n')?.1)));
    let (separator, csv) = said.unwrap_or_else(|| (separator(csv), csv));
    let first = if said.is_some() { 2 } else { 1 };
    let lines = (first..).zip(csv.strip_suffix('\n').unwrap_or(csv).split('\n'));
    let rows: Vec<Vec<String>> = lines
        .map(|(at, line)| cells(line.strip_suffix('\r').unwrap_or(line), separator).ok_or(Unreadable::Broken(at)))
        .collect::<Result<_, _>>()?;
    let is_empty = |row: &[String]| row.iter().all(String::is_empty);
    let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| !is_empty(row)).collect();
    let width =
        rows.first().map_or(0, |head| head.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
    let narrow = |row: Vec<String>| match row.split_at_checked(width) {
        Some((within, beyond)) if is_empty(beyond) => within.join("\t"),
        // Whatever stands beyond the columns is not lost: the table is then told to be wrong.
        _ => row.join("\t"),
    };
    let lines: Vec<String> = rows.into_iter().map(narrow).collect();
    let end = if csv.ends_with('\n') && !lines.is_empty() { "\n" } else { "" };
    Ok(lines.join("\n") + end)
}

/// What stands between cells, by the head without what stands between quotation marks.
fn separator(csv: &str) -> char {
    let head: String = csv.lines().next().unwrap_or_default().split('"').step_by(2).collect();
    [',', '\t', ';'].into_iter().find(|separator| head.contains(*separator)).unwrap_or(',')
}

/// The cells of a line; `None` where a quotation mark is not closed in it, or a cell holds a tab.
fn cells(line: &str, separator: char) -> Option<Vec<String>> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    let mut begins = true;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            // A mark within an open cell is a letter.
            '"' if begins => quoted = true,
            letter if letter == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            '\t' => return None,
            letter => cell.push(letter),
        }
        begins = letter == separator && !quoted;
    }
    cells.push(cell);
    (!quoted).then_some(cells)
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
            ("a,\"say \"\"yes\"\"\"\n,b\n", "a\tsay \"yes\"\n\tb\n"),
            ("5\" pipe,b", "5\" pipe\tb"),
            ("", ""),
            ("a\tb\nc\td\n", "a\tb\nc\td\n"),
            ("sep=;\r\na;b\r\n", "a\tb\n"),
            (",,\r\na,b,\r\n", "a\tb\n"),
            // What a spreadsheet adds beyond the table.
            ("a,b,,\r\nc,,,\r\n,,,\r\nd,e,,\r\n,,,\r\n", "a\tb\nc\t\nd\te\n"),
            // What stands outside the columns is not lost silently.
            ("a,b\nc,d,e\n", "a\tb\nc\td\te\n"),
        ] {
            assert_eq!(from_csv(csv).as_deref(), Ok(table), "{csv:?}");
        }
    }

    #[test]
    fn what_no_table_can_hold_is_refused() {
        for (csv, why) in [
            ("a,\"b\nc\"\n", Unreadable::Broken(1)),
            ("a,b\na,\"b\tc\"\n", Unreadable::Broken(2)),
            ("a,\"b\n", Unreadable::Broken(1)),
            ("sep=;\na;\"b\n", Unreadable::Broken(2)),
            ("a,\u{FFFD}\n", Unreadable::NotUnicode),
        ] {
            assert_eq!(from_csv(csv), Err(why), "{csv:?}");
        }
    }

    proptest! {
        #[test]
        fn out_and_in_again_is_the_same(
            head in prop::collection::vec("[a-z;,\"]{1,6}", 3),
            rows in prop::collection::vec(prop::collection::vec("[a-z,;\" \u{985}-\u{9B9}]{0,6}", 3), 0..5),
        ) {
            let rows = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty()));
            let table: String = std::iter::once(head).chain(rows).map(|line| line.join("\t") + "\n").collect();
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
