//! What people administer: tables with who, when, why and undo. A change is tried out before it is kept; afterwards the due
//! dates that follow from it are derived again.

use crate::secret::Secret;
use crate::state::Facts;
use crate::store::{CasePages, Changed, Setting, Store, StoreError, administered};
use crate::tables::{ADMINISTERED, Tables};
use anyhow::{Context, Result, bail};
use model::{Rules, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// The longest reason, in letters.
const WHY: usize = 500;
/// The fact that says up to which change due dates are derived.
const DERIVED: &str = "derived";

/// A change that somebody wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// By whom: an account's name.
    pub who: String,
    /// Which table, one of [`ADMINISTERED`].
    pub name: String,
    /// Why.
    pub why: String,
    /// What is to stand in it; none for what the file says.
    pub text: Option<String>,
    /// Which change it takes back.
    pub undoes: Option<u64>,
}

/// What became of due dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Derived {
    /// The change up to which they are derived.
    pub version: u64,
    /// Cases whose due date or next deadline has moved.
    pub moved: u64,
}

/// Keeps a change, once it was seen that the program can go by it; answers its number.
///
/// # Errors
/// Where the table is none that is administered, cannot be read, or changes nothing; where no reason is given; where somebody
/// else has changed something meanwhile.
pub async fn change(store: &dyn Store, public: &Path, wanted: Wanted, now: Time) -> Result<u64> {
    let Wanted { who, name, why, text, undoes } = wanted;
    if !ADMINISTERED.contains(&name.as_str()) {
        bail!("{name} is no table that is administered: take one of {}", ADMINISTERED.join(", "));
    }
    if model::text::is_blank(&why) || model::text::length(&why) > WHY {
        bail!("say why, in at most {WHY} letters");
    }
    // Asked first: what is changed after this is either seen below, or refuses this change.
    let newest = store.newest_setting().await?;
    let mut administered = administered(store.settings().await?);
    let before = administered.get(&name).cloned();
    if before == text {
        bail!("{name} is so already");
    }
    match &text {
        Some(text) => administered.insert(name.clone(), text.clone()),
        None => administered.remove(&name),
    };
    Tables::of(public, &administered).context("the program cannot go by this, and nothing was changed")?;
    let setting = Setting { seq: 0, at: now, who, name, why, text, undoes };
    let kept = store.put_setting(&setting, newest).await?;
    kept.context("somebody else has changed something meanwhile: look at it, then do this again")
}

/// Takes a change back: the table is then as it was before it.
///
/// # Errors
/// Where there is no such change, or a later one of the same table; and those of [`change`].
pub async fn undo(store: &dyn Store, public: &Path, seq: u64, who: &str, why: &str, now: Time) -> Result<u64> {
    let history = store.setting_history(u32::MAX).await?;
    let undone =
        history.iter().find(|setting| setting.seq == seq).with_context(|| format!("there is no change {seq}"))?;
    if let Some(later) = history.iter().find(|setting| setting.name == undone.name && setting.seq > seq) {
        bail!("change {} is a later one of {}: take that back first", later.seq, undone.name);
    }
    let before = history.iter().find(|setting| setting.name == undone.name && setting.seq < seq);
    let wanted = Wanted {
        who: who.into(),
        name: undone.name.clone(),
        why: why.into(),
        text: before.and_then(|setting| setting.text.clone()),
        undoes: Some(seq),
    };
    change(store, public, wanted, now).await
}

/// Up to which change due dates are derived, and how many the last one has moved.
///
/// # Errors
/// Where the store does not answer.
pub async fn derived(store: &dyn Store) -> Result<Derived, StoreError> {
    let fact = store.fact(DERIVED).await?;
    Ok(fact.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default())
}

/// Writes down up to which change due dates are derived.
///
/// # Errors
/// Where the store does not answer.
pub async fn put_derived(store: &dyn Store, derived: Derived) -> Result<(), StoreError> {
    store.put_fact(DERIVED, serde_json::to_vec(&derived)?).await
}

/// Derives the due dates and deadlines of all open cases by new facts, and writes down how many have moved.
///
/// # Errors
/// Where the store does not answer.
pub async fn derive(store: &dyn Store, facts: &Facts) -> Result<Derived> {
    let (mut pages, mut moved) = (CasePages::new(store), 0);
    while let Some(page) = pages.next().await? {
        for changed in &page {
            moved += u64::from(moves(store, changed, &facts.rules).await?);
        }
    }
    let derived = Derived { version: facts.version, moved };
    store.put_fact("view", facts.view()?).await?;
    put_derived(store, derived).await?;
    Ok(derived)
}

async fn moves(store: &dyn Store, changed: &Changed, rules: &Rules) -> Result<bool, StoreError> {
    let case = &changed.case;
    let (due, deadline) = (case.due(rules), case.next_deadline(rules));
    if (due, deadline) == (changed.due, changed.deadline) {
        return Ok(false);
    }
    store.put_due(case.reference, case.version, due, deadline).await?;
    Ok(true)
}

/// Lines that differ between two texts, `-` before those that go and `+` before those that come; of a table, whose lines are
/// its rows.
#[must_use]
pub fn difference(before: &str, after: &str) -> Vec<String> {
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    let gone = before.lines().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = after.lines().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// The facts of a store as a program beside it sees them.
///
/// # Errors
/// Where the store does not answer, or the secret is missing.
pub async fn facts_beside(store: &dyn Store, data: &Path, public: &Path) -> Result<Facts> {
    let file = data.join("secret.key");
    let secret = Secret::load(&file)?.with_context(|| format!("{} is missing", file.display()))?;
    Facts::read(store, public, &secret).await
}
