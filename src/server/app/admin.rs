//! Administered facts: tables that change with who, when, why and undo. A change is tried before it is stored;
//! afterwards the due dates that depend on it are derived again.

use crate::secret::Secret;
use crate::state::Facts;
use crate::store::{CasePages, Changed, Ledger, ReadDirectory, Setting, Shared, Store, StoreError, administered};
use crate::tables::{ADMINISTERED, Tables};
use anyhow::{Context, Result, bail};
use model::{Rules, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// Longest reason, in letters.
const WHY: usize = 500;
/// The fact that says up to which change due dates are derived.
const DERIVED: &str = "derived";

/// A change that somebody wants to make.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who makes it.
    pub who: String,
    /// The table, one of [`ADMINISTERED`].
    pub name: String,
    /// The reason.
    pub why: String,
    /// The new content of the table; `None` to go back to the file under `public`.
    pub text: Option<String>,
    /// Number of the change that it takes back; `None` where it takes none back.
    pub undoes: Option<u64>,
}

/// How far due dates are derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Derived {
    /// Number of the change up to which they are derived.
    pub version: u64,
    /// Cases whose due date or next deadline the last derivation has moved.
    pub moved: u64,
    /// Number of the derivation: whoever has counted before it counts again.
    #[serde(default)]
    pub run: u64,
}

/// Stores a change once it is clear that the program can work with it; answers its number.
///
/// # Errors
/// Where the table is not administered, cannot be read or would not change; where the reason is missing or too long;
/// where somebody else has made a change meanwhile.
pub async fn change(store: &dyn Store, public: &Path, wanted: Wanted, now: Time) -> Result<u64> {
    let Wanted { who, name, why, text, undoes } = wanted;
    if model::text::is_blank(&why) || model::text::length(&why) > WHY {
        bail!("say why, in at most {WHY} letters");
    }
    // Read first: every later change is either seen below or refuses this one.
    let newest = store.newest_setting().await?;
    tried_out(store, public, &name, text.as_deref()).await?;
    let setting = Setting { seq: 0, at: now, who, name, why, text, undoes };
    let kept = store.put_setting(&setting, newest).await?;
    kept.context("somebody else has changed something meanwhile: look at it, then do this again")
}

/// Sees whether the program can use a table with this content, beside all others as they are now; changes nothing.
///
/// # Errors
/// Where the table is not administered, cannot be read, or has this content already.
pub async fn tried_out(store: &dyn ReadDirectory, public: &Path, name: &str, text: Option<&str>) -> Result<()> {
    if !ADMINISTERED.contains(&name) {
        bail!("{name} is no table that is administered: take one of {}", ADMINISTERED.join(", "));
    }
    let mut administered = administered(store.settings().await?);
    if administered.get(name).map(String::as_str) == text {
        bail!("{name} is so already");
    }
    match text {
        Some(text) => administered.insert(name.to_owned(), text.to_owned()),
        None => administered.remove(name),
    };
    Tables::of(public, &administered).context("the program cannot go by this, and nothing was changed")?;
    Ok(())
}

/// Takes a change back: the table is as it was before it.
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

/// Up to which change due dates are derived, and how many cases the last derivation has moved.
///
/// # Errors
/// Where the store does not answer.
pub async fn derived(store: &dyn Shared) -> Result<Derived, StoreError> {
    let fact = store.fact(DERIVED).await?;
    Ok(fact.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default())
}

/// Records up to which change due dates are derived, never an earlier one than before; answers what holds now.
///
/// # Errors
/// Where the store does not answer.
pub async fn put_derived(store: &dyn Shared, mut new: Derived) -> Result<Derived, StoreError> {
    let before = derived(store).await?;
    (new.version, new.run) = (new.version.max(before.version), before.run + 1);
    store.put_fact(DERIVED, serde_json::to_vec(&new)?).await?;
    Ok(new)
}

/// Derives the due dates and deadlines of all open cases by new facts, and records how many have moved.
///
/// # Errors
/// Where the store does not answer.
pub async fn derive(store: &dyn Store, facts: &Facts) -> Result<Derived> {
    derive_while(store, facts, || std::future::ready(true)).await
}

/// Cases moved before the turn is taken again.
const IN_A_TURN: u64 = 500;

/// As [`derive`], as long as it `goes_on` being this node's turn: by older facts nothing may be put over what another
/// node has derived meanwhile. Where the turn is lost, nothing is recorded, and whoever has it begins again.
///
/// # Errors
/// Where the store does not answer.
pub async fn derive_while<F: Future<Output = bool>>(
    store: &dyn Store,
    facts: &Facts,
    goes_on: impl Fn() -> F,
) -> Result<Derived> {
    let (mut pages, mut moved) = (CasePages::new(store), 0);
    while let Some(page) = pages.next().await? {
        if !goes_on().await {
            return Ok(derived(store).await?);
        }
        for changed in &page {
            if moves(store, changed, &facts.rules).await? {
                moved += 1;
                if moved % IN_A_TURN == 0 && !goes_on().await {
                    return Ok(derived(store).await?);
                }
            }
        }
    }
    if !goes_on().await || derived(store).await?.version > facts.version {
        return Ok(derived(store).await?);
    }
    store.put_fact("view", facts.view()?).await?;
    Ok(put_derived(store, Derived { version: facts.version, moved, run: 0 }).await?)
}

async fn moves(store: &dyn Ledger, changed: &Changed, rules: &Rules) -> Result<bool, StoreError> {
    let case = &changed.case;
    let (due, deadline) = (case.due(rules), case.next_deadline(rules));
    if (due, deadline) == (changed.due, changed.deadline) {
        return Ok(false);
    }
    store.put_due(case.reference, case.version, due, deadline).await?;
    Ok(true)
}

/// The lines in which two tables differ: `-` before those that are removed, `+` before those that are added.
#[must_use]
pub fn difference(before: &str, after: &str) -> Vec<String> {
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    let gone = before.lines().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = after.lines().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// The facts of a store, for a program that runs beside the server.
///
/// # Errors
/// Where the store does not answer, or the secret is missing.
pub async fn facts_beside(store: &dyn ReadDirectory, data: &Path, public: &Path) -> Result<Facts> {
    let file = data.join("secret.key");
    let secret = Secret::load(&file)?.with_context(|| format!("{} is missing", file.display()))?;
    Facts::read(store, public, &secret).await
}
