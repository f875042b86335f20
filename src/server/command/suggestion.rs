//! `pratikar train` and `pratikar evaluate`.

use super::On;
use anyhow::{Context, Result};
use clap::Args;
use model::suggestion::{Evaluation, Example, Judged};
use server::app::{admin, suggestion};
use server::learned::Learned;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Most errors that are printed.
const ERRORS: usize = 10;

#[derive(Args)]
pub struct Evaluate {
    /// So many in a hundred of the categories that are learned from are replaced by another, as if they were wrong
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    noise: u8,
    /// Write the grievances with their parts of the trial into this file, for another program to be compared. It contains
    /// what citizens wrote
    #[arg(long)]
    split: Option<PathBuf>,
    /// Write how often each category was taken for each other one into this file, as a table with tabs
    #[arg(long)]
    matrix: Option<PathBuf>,
}

/// Learns, and keeps what was learned for the server.
pub async fn train(on: On<'_>) -> Result<ExitCode> {
    let began = Instant::now();
    let store = on.place.open()?;
    let facts = admin::facts_beside(store.as_ref(), on.data, on.public).await?;
    // A file of another version is made anew; when suggestions began is then not known any more.
    let before = Learned::read(on.data).ok().flatten().map(|learned| learned.source);
    let learned = suggestion::train(store.as_ref(), &facts, before, on.now).await?.context("there is no category")?;
    learned.write(on.data)?;
    let (examples, threshold) = (learned.source.examples, learned.classifier.head.threshold);
    let seconds = began.elapsed().as_secs();
    say!("learned from {examples} grievances in {seconds} s; suggests from a probability of {threshold:.2} on")?;
    if examples == 0 {
        say!("nothing is closed yet: it goes by the names and usual words of the categories")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures how good suggestions are.
pub async fn evaluate(options: &Evaluate, on: On<'_>) -> Result<ExitCode> {
    let store = on.place.open()?;
    let facts = admin::facts_beside(store.as_ref(), on.data, on.public).await?;
    let learned = Learned::read(on.data)?;
    let since = learned.as_ref().map(|learned| learned.source.since);
    let mut examples = suggestion::examples(store.as_ref(), since).await?;
    suggestion::disturb(&mut examples, options.noise);
    if let Some(path) = &options.split {
        write_split(path, &examples).with_context(|| path.display().to_string())?;
    }
    let kinds = |is_judged: bool| {
        let of = examples.iter().filter(|example| suggestion::is_judged(example) == is_judged);
        of.map(|example| example.kind).collect::<BTreeSet<_>>().len()
    };
    let evaluated = suggestion::evaluate(&examples, &facts).filter(|(found, _)| found.all.all > 0);
    let Some((evaluation, classifier)) = evaluated else {
        say!("too few grievances are closed to learn from some and judge others")?;
        return Ok(ExitCode::FAILURE);
    };
    say!("learned from {} grievances of {} wordings", evaluation.learned, kinds(false))?;
    say!("judged by {} of {} other wordings", evaluation.all.all, kinds(true))?;
    told(&evaluation)?;
    let began = Instant::now();
    for example in &examples {
        std::hint::black_box(classifier.suggest(&example.text, &facts.tables.topics));
    }
    say!("{} µs a text", began.elapsed().as_micros() / examples.len().max(1) as u128)?;
    if let Some(path) = &options.matrix {
        write_matrix(path, &evaluation).with_context(|| path.display().to_string())?;
    }
    if let Some(learned) = learned {
        say!("without a suggestion since {}, by month of lodging:", learned.source.at.format("%Y-%m-%d"))?;
        for (month, judged) in suggestion::blind(store.as_ref(), &learned, &facts).await? {
            say!("  {month}  {}", shares(judged))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(evaluation: &Evaluation) -> Result<()> {
    say!("all:                      {}", shares(evaluation.all))?;
    say!("Bengali in Latin letters: {}", shares(evaluation.latin))?;
    say!("macro F1 {:.3}, calibration error {:.3}", evaluation.macro_f1, evaluation.calibration_error)?;
    say!("probability from   suggested   of these right")?;
    for (threshold, suggested, right) in &evaluation.coverage {
        say!("{threshold:>16.2}   {suggested:>9.3}   {right:>14.3}")?;
    }
    say!("most frequent errors (right, taken for, times):")?;
    for (right, first, times) in evaluation.confusion.iter().filter(|(right, first, _)| right != first).take(ERRORS) {
        say!("  {right}  {first}  {times}")?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // counts
fn shares(judged: Judged) -> String {
    let share = |of: usize| of as f64 / judged.all.max(1) as f64;
    format!("{}, first right {:.3}, among three {:.3}", judged.all, share(judged.first), share(judged.among_three))
}

/// A grievance a line: whether it is judged, its category, whether it is Bengali in Latin letters, its text.
fn write_split(path: &Path, examples: &[Example]) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for example in examples {
        let part = if suggestion::is_judged(example) { "judged" } else { "learned" };
        let text = example.text.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(file, "{part}\t{}\t{}\t{text}", example.category, example.is_latin_bengali())?;
    }
    Ok(file.flush()?)
}

fn write_matrix(path: &Path, evaluation: &Evaluation) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "right\ttaken_for\ttimes")?;
    for (right, first, times) in &evaluation.confusion {
        writeln!(file, "{right}\t{first}\t{times}")?;
    }
    Ok(file.flush()?)
}
