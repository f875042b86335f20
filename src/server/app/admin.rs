//! Administered facts: tables that change with who, when, why and undo. A change is tried before it is stored;
//! afterwards the due dates that depend on it are derived again.

use crate::failure::Failure;
use crate::secret::Secret;
use crate::state::{Facts, offices};
use crate::store::{
    CasePages, Changed, Ledger, ReadDirectory, Reader, Setting, Shared, Store, StoreError, administered,
};
use crate::tables::{self, ADMINISTERED, OFFICES, Tables, offices_as_table};
use anyhow::Context;
use model::wire::{Administered, Changes, Office, Problem, ProblemCode, Settings, Table, TableChange, Trial};
use model::{OfficeId, Rules, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Longest reason, in letters.
const WHY: usize = 500;
/// The fact that says up to which change due dates are derived.
const DERIVED: &str = "derived";
/// Changes on a page, where the asker names no number, and at most.
const PAGE: (u32, u32) = (50, 200);

/// Why something is not administered so.
#[derive(Debug)]
pub enum Fault {
    /// It is refused.
    Refused {
        /// The problem.
        code: ProblemCode,
        /// What exactly, and what to do, in English.
        says: String,
        /// Number of the newest change, where the sender has not seen it.
        newest: Option<u64>,
    },
    /// The store does not answer.
    Store(StoreError),
}

impl Fault {
    /// Refused, with what exactly.
    pub fn new(code: ProblemCode, says: impl Into<String>) -> Self {
        Self::Refused { code, says: says.into(), newest: None }
    }

    /// Somebody else has changed the same; `newest` is the newest change of a table.
    #[must_use]
    pub fn overtaken(newest: Option<u64>) -> Self {
        let says = "somebody else has changed something meanwhile: look at it, then do this again".to_owned();
        Self::Refused { code: ProblemCode::Overtaken, says, newest }
    }

    fn bad_table(error: &anyhow::Error) -> Self {
        let says = format!("the program cannot go by this, and nothing was changed: {error:#}");
        Self::new(ProblemCode::BadTable, says)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { says, .. } => f.write_str(says),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused { code, says, newest } => {
                let version = newest.map(|newest| u32::try_from(newest).unwrap_or(u32::MAX));
                Self(Box::new(Problem { detail: Some(says), version, ..Problem::new(code) }))
            }
            Fault::Store(error) => error.into(),
        }
    }
}

/// A change that somebody wants to make.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who makes it.
    pub who: String,
    /// The table, one of [`ADMINISTERED`].
    pub name: String,
    /// The reason.
    pub why: String,
    /// The new content of the table; `None` to go back to the file under `public`, for offices to those of the store.
    pub text: Option<String>,
    /// Number of the change that it takes back; `None` where it takes none back.
    pub undoes: Option<u64>,
    /// Number of the newest change that they have seen; `None` to build on whatever is there.
    pub newest: Option<u64>,
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

/// The administered tables with their newest changes.
///
/// # Errors
/// Where the store does not answer.
pub async fn tables(store: &dyn ReadDirectory) -> Result<Settings, StoreError> {
    let newest = store.newest_setting().await?;
    let mut changes: BTreeMap<String, TableChange> =
        store.settings().await?.into_iter().map(|setting| (setting.name.clone(), head(setting))).collect();
    let administered =
        ADMINISTERED.into_iter().map(|name| Administered { name: name.to_owned(), change: changes.remove(name) });
    Ok(Settings { newest, tables: administered.collect() })
}

/// A change without the table's content.
fn head(setting: Setting) -> TableChange {
    let Setting { seq, at, who, name, why, undoes, text: _ } = setting;
    TableChange { seq, at, who, name, why, undoes }
}

/// What stands in a table now.
///
/// # Errors
/// Where the table is not administered.
pub async fn table(store: &dyn ReadDirectory, public: &Path, name: &str) -> Result<Table, Fault> {
    is_administered(name)?;
    // Read first: who sends a change with this number is refused where the content below is newer.
    let newest = store.newest_setting().await?;
    let setting = store.settings().await?.into_iter().find(|setting| setting.name == name);
    let text = match setting.as_ref().and_then(|setting| setting.text.clone()) {
        Some(text) => text,
        None => delivered(store, public, name).await?,
    };
    Ok(Table { newest, change: setting.map(head), text })
}

/// A table as it is without any change.
async fn delivered(store: &dyn ReadDirectory, public: &Path, name: &str) -> Result<String, StoreError> {
    if name == OFFICES {
        return Ok(offices_as_table(&store.offices().await?));
    }
    Ok(std::fs::read_to_string(public.join("reference").join(name)).unwrap_or_default())
}

fn is_administered(name: &str) -> Result<(), Fault> {
    if ADMINISTERED.contains(&name) {
        return Ok(());
    }
    let says = format!("{name} is no table that is administered: take one of {}", ADMINISTERED.join(", "));
    Err(Fault::new(ProblemCode::NotFound, says))
}

/// A page of the changes, newest first; `cursor` is `None` for the first page, `limit` for a page of usual length.
///
/// # Errors
/// Where the store does not answer.
pub async fn history(
    store: &dyn ReadDirectory,
    cursor: Option<u64>,
    limit: Option<u32>,
) -> Result<Changes, StoreError> {
    let limit = limit.unwrap_or(PAGE.0).clamp(1, PAGE.1);
    let mut changes = store.setting_history(cursor.unwrap_or(u64::MAX), limit + 1).await?;
    let more = changes.len() > limit as usize;
    changes.truncate(limit as usize);
    let next = changes.last().filter(|_| more).map(|last| last.seq);
    Ok(Changes { changes, next })
}

/// Stores a change once it is clear that the program can work with it; answers its number.
///
/// # Errors
/// Where the table is not administered, cannot be read or would not change; where the reason is missing or too long;
/// where an office that is to be closed holds cases; where somebody else has made a change meanwhile.
pub async fn change(store: &dyn Store, public: &Path, wanted: Wanted, now: Time) -> Result<u64, Fault> {
    let Wanted { who, name, why, text, undoes, newest: seen } = wanted;
    let why = model::text::clean(&why);
    if model::text::is_blank(&why) || model::text::length(&why) > WHY {
        return Err(Fault::new(ProblemCode::WhyNeeded, format!("say why, in at most {WHY} letters")));
    }
    // Read first: every later change is either seen below or refuses this one.
    let newest = store.newest_setting().await?;
    if seen.is_some_and(|seen| seen != newest) {
        return Err(Fault::overtaken(Some(newest)));
    }
    // What held before may come back, though it would not be taken today.
    if undoes.is_none() {
        is_intact(public, &name, text.as_deref())?;
    }
    tried_out(store, public, &name, text.as_deref()).await?;
    let setting = Setting { seq: 0, at: now, who, name, why, text, undoes };
    match store.put_setting(&setting, newest).await? {
        Some(seq) => Ok(seq),
        None => Err(Fault::overtaken(Some(store.newest_setting().await?))),
    }
}

/// Whether new content came undamaged.
fn is_intact(public: &Path, name: &str, text: Option<&str>) -> Result<(), Fault> {
    is_administered(name)?;
    text.map_or(Ok(()), |text| tables::is_intact(public, name, text)).map_err(|error| Fault::bad_table(&error))
}

/// The tables of the program as they are, and as they would be with a table of this content; changes nothing.
///
/// # Errors
/// Those of [`change`] that concern the content.
async fn tried_out(
    store: &dyn Reader,
    public: &Path,
    name: &str,
    text: Option<&str>,
) -> Result<(Tables, Tables), Fault> {
    is_administered(name)?;
    let mut administered = administered(store.settings().await?);
    if administered.get(name).map(String::as_str) == text {
        return Err(Fault::new(ProblemCode::BadTable, format!("{name} is so already")));
    }
    let before = Tables::of(public, &administered).map_err(|error| Fault::bad_table(&error))?;
    match text {
        Some(text) => administered.insert(name.to_owned(), text.to_owned()),
        None => administered.remove(name),
    };
    let after = Tables::of(public, &administered).map_err(|error| Fault::bad_table(&error))?;
    if name == OFFICES {
        offices_fit(store, &offices(store, &before).await?, &offices(store, &after).await?).await?;
    }
    Ok((before, after))
}

/// Whether offices may change so: none vanishes or changes its department, since cases name it, and none is closed that has
/// cases or may get some back.
async fn offices_fit(store: &dyn Reader, before: &[Office], after: &[Office]) -> Result<(), Fault> {
    let after: HashMap<OfficeId, &Office> = after.iter().map(|office| (office.id, office)).collect();
    for old in before {
        let id = old.id;
        let Some(new) = after.get(&id) else {
            let says = format!("{OFFICES}: office {id} is missing; its name stands on cases: close it instead");
            return Err(Fault::new(ProblemCode::BadTable, says));
        };
        if new.department != old.department {
            let says = format!("{OFFICES}: office {id} is of {}: close it, and add another one", old.department);
            return Err(Fault::new(ProblemCode::BadTable, says));
        }
        let cases = if new.closed && !old.closed { store.cases_at(id).await? } else { 0 };
        if cases > 0 {
            let says = format!(
                "cases of office {id} that are open or may come back to it: {cases}; lead them elsewhere, then close it"
            );
            return Err(Fault::new(ProblemCode::OfficeHoldsCases, says));
        }
    }
    Ok(())
}

/// Tries a change: what would differ, and how many open cases would be due at another time. Changes nothing.
///
/// # Errors
/// Those of [`change`] that concern the content.
pub async fn trial(store: &dyn Reader, public: &Path, name: &str, text: Option<&str>) -> Result<Trial, Fault> {
    let Table { newest, text: now, .. } = table(store, public, name).await?;
    is_intact(public, name, text)?;
    let (before, after) = tried_out(store, public, name, text).await?;
    let lines = match text {
        Some(text) => difference(&now, text),
        None => difference(&now, &delivered(store, public, name).await?),
    };
    let moved = if before.rules == after.rules { 0 } else { would_move(store, &after.rules).await? };
    Ok(Trial { newest, lines, moved })
}

/// How many open cases would be due at another time by these rules.
async fn would_move(store: &dyn Reader, rules: &Rules) -> Result<u64, StoreError> {
    let (mut pages, mut moved) = (CasePages::new(store), 0);
    while let Some(page) = pages.next().await? {
        let open = page.iter().filter(|changed| changed.case.stage.is_open());
        moved += open.filter(|changed| changed.case.due(rules) != changed.due).count() as u64;
        // A million cases take seconds, in which others want this thread.
        tokio::task::yield_now().await;
    }
    Ok(moved)
}

/// Takes a change back: the table is as it was before it. `newest` as in [`Wanted`].
///
/// # Errors
/// Where there is no such change, or a later one of the same table; and those of [`change`].
pub async fn undo(
    store: &dyn Store,
    public: &Path,
    seq: u64,
    who: &str,
    why: &str,
    newest: Option<u64>,
    now: Time,
) -> Result<u64, Fault> {
    let history = store.setting_history(u64::MAX, u32::MAX).await?;
    let undone = history.iter().find(|change| change.seq == seq);
    let undone = undone.ok_or_else(|| Fault::new(ProblemCode::NotFound, format!("there is no change {seq}")))?;
    if let Some(later) = history.iter().find(|change| change.name == undone.name && change.seq > seq) {
        let says = format!("change {} is a later one of {}: take that back first", later.seq, undone.name);
        return Err(Fault::new(ProblemCode::NotTheLatest, says));
    }
    let before = match history.iter().find(|change| change.name == undone.name && change.seq < seq) {
        Some(before) => store.setting(before.seq).await?,
        None => None,
    };
    let wanted = Wanted {
        who: who.into(),
        name: undone.name.clone(),
        why: why.into(),
        text: before.and_then(|setting| setting.text),
        undoes: Some(seq),
        newest,
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
pub async fn derive(store: &dyn Store, facts: &Facts) -> anyhow::Result<Derived> {
    derive_while(store, facts, || std::future::ready(true)).await
}

/// Cases moved before the turn is taken again.
const IN_A_TURN: u64 = 500;

/// As [`derive()`], as long as it `goes_on` being this node's turn: by older facts nothing may be put over what another
/// node has derived meanwhile. Where the turn is lost, nothing is recorded, and whoever has it begins again.
///
/// # Errors
/// Where the store does not answer.
pub async fn derive_while<F: Future<Output = bool>>(
    store: &dyn Store,
    facts: &Facts,
    goes_on: impl Fn() -> F,
) -> anyhow::Result<Derived> {
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
pub async fn facts_beside(store: &dyn ReadDirectory, data: &Path, public: &Path) -> anyhow::Result<Facts> {
    let file = data.join("secret.key");
    let secret = Secret::load(&file)?.with_context(|| format!("{} is missing", file.display()))?;
    Facts::read(store, public, &secret).await
}
