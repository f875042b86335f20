//! The results of the trials: one row for each check, and the table at the end.

use std::fmt::Write;

/// A check.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name of the trial.
    pub trial: &'static str,
    /// What was done.
    pub done: String,
    /// What was checked.
    pub asked: String,
    /// What was measured.
    pub figure: String,
    /// Whether it was as required; `None` for a figure without requirement.
    pub held: Option<bool>,
}

/// The rows of one trial.
#[derive(Debug)]
pub struct Findings {
    trial: &'static str,
    /// In the order in which they were found.
    pub rows: Vec<Row>,
}

impl Findings {
    /// For a trial that begins.
    pub fn of(trial: &'static str) -> Self {
        Self { trial, rows: Vec::new() }
    }

    /// Adds a check and its result.
    pub fn ask(&mut self, done: &str, asked: &str, figure: impl Into<String>, held: bool) {
        self.put(done, asked, figure.into(), Some(held));
    }

    /// Adds a figure without requirement.
    pub fn tell(&mut self, done: &str, figure: impl Into<String>) {
        self.put(done, "", figure.into(), None);
    }

    fn put(&mut self, done: &str, asked: &str, figure: String, held: Option<bool>) {
        let row = Row { trial: self.trial, done: done.to_owned(), asked: asked.to_owned(), figure, held };
        println!("  {}", line(&row, [0, 0, 0, 0]));
        self.rows.push(row);
    }
}

/// The rows of all rounds; rows of the same check are merged.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(Row, u32, u32)>,
}

impl Table {
    /// Adds a trial's rows. A failed figure stays; otherwise the newest is shown.
    pub fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            let held = u32::from(row.held != Some(false));
            let same = self
                .rows
                .iter_mut()
                .find(|(known, ..)| known.trial == row.trial && known.done == row.done && known.asked == row.asked);
            match same {
                Some((known, times, good)) => {
                    *times += 1;
                    *good += held;
                    if known.held != Some(false) {
                        *known = row;
                    }
                }
                None => self.rows.push((row, 1, held)),
            }
        }
    }

    /// Whether all checks succeeded.
    pub fn held(&self) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(|(row, ..)| row.held != Some(false))
    }

    /// The table as text.
    pub fn text(&self) -> String {
        let head = Row {
            trial: "trial",
            done: "what was done".into(),
            asked: "what was asked".into(),
            figure: "figure".into(),
            held: None,
        };
        let mut rows = vec![head];
        for (row, times, good) in &self.rows {
            let mut row = row.clone();
            if *times > 1 && row.held.is_some() {
                write!(row.figure, " (held {good} of {times} times)").unwrap_or_default();
            }
            rows.push(row);
        }
        let width = |of: fn(&Row) -> usize, most: usize| rows.iter().map(of).max().unwrap_or(0).min(most);
        let widths = [
            width(|row| row.trial.chars().count(), 14),
            width(|row| row.done.chars().count(), 58),
            width(|row| row.asked.chars().count(), 46),
            width(|row| row.figure.chars().count(), 60),
        ];
        let mut text = String::new();
        for (index, row) in rows.iter().enumerate() {
            let mut line = line(row, widths);
            if index == 0 {
                line.truncate(line.trim_end().trim_end_matches('–').len());
                line.push_str("held?");
            }
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

fn line(row: &Row, [trial, done, asked, figure]: [usize; 4]) -> String {
    let held = match row.held {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "–",
    };
    let Row { trial: name, done: what, asked: wanted, figure: seen, .. } = row;
    format!("{name:<trial$} | {what:<done$} | {wanted:<asked$} | {seen:<figure$} | {held}")
}
