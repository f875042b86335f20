//! Proving that the ledger is whole and that every view equals it.

use super::append::CaseRow;
use super::writer::Effects;
use super::{Result, number, reference, time};
use crate::ledger::{self, Entry, Hash, Head};
use crate::store::{Audit, PublishedHead, StoredEvent, Witness};
use model::lifecycle::{By, Case, Event, EventBody, Statement};
use model::{Mobile, Reference, Rules, text};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// Faults listed at the most; a damaged ledger has many.
const FAULTS: usize = 50;

fn event(row: &Row<'_>) -> rusqlite::Result<(i64, i64, String, String, Option<String>)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn parsed((seq, at, by, body, statement): (i64, i64, String, String, Option<String>)) -> Result<StoredEvent> {
    let statement: Option<Statement> = match statement {
        Some(json) => Some(serde_json::from_str(&json)?),
        None => None,
    };
    let (by, body): (By, EventBody) = (serde_json::from_str(&by)?, serde_json::from_str(&body)?);
    Ok(StoredEvent { seq: u64::try_from(seq).unwrap_or(0), event: Event { at: time(at), by, body, statement } })
}

/// A case's events with their words, oldest first.
pub(super) fn history(connection: &Connection, reference: Reference) -> Result<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.at, e.by, e.body, d.statement FROM event e LEFT JOIN document d ON d.seq = e.seq
         WHERE e.reference = ?1 ORDER BY e.version",
    )?;
    let rows = statement.query_map([number(reference)], event)?.collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter().map(parsed).collect()
}

/// Checks everything that is kept: the chains, the words, every column of every case, numbers, attachments and published
/// heads.
pub(super) fn verify(connection: &Connection, witness: &Witness) -> Result<Audit> {
    let mut audit = Audit::default();
    let check: String = connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if check != "ok" {
        fault(&mut audit, format!("the file is damaged: {check}"));
    }
    for difference in super::schema::differences(connection)? {
        fault(&mut audit, difference.to_string());
    }
    if let Some(secret) = &witness.secret {
        let sql = "SELECT value FROM fact WHERE name = 'secret'";
        match connection.query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).optional()? {
            Some(known) if known == secret.fingerprint() => {}
            Some(_) => fault(&mut audit, "secret.key is not the key of this database".into()),
            None => fault(&mut audit, "the database does not say which key is its own".into()),
        }
    }
    let published = published(connection, witness, &mut audit)?;
    let replayed = chain(connection, &published, &mut audit)?;
    views(connection, &replayed, &witness.rules, &mut audit)?;
    words(connection, &mut audit)?;
    people(connection, &replayed, witness, &mut audit)?;
    attachments(connection, &replayed, witness, &mut audit)?;
    let walked = super::chain::verify(connection, |what| fault(&mut audit, what))?;
    for head in &published {
        let Some(chains) = head.chains else { continue };
        for (of, end, hashes) in
            [("readings", chains.readings, &walked.readings), ("records", chains.records, &walked.records)]
        {
            let Some(last) = usize::try_from(end.seq).ok().and_then(|seq| seq.checked_sub(1)) else { continue };
            match hashes.get(last) {
                Some(hash) if *hash == end.hash => {}
                Some(_) => fault(&mut audit, format!("the {of} up to {} are not those that were signed", end.seq)),
                None => fault(&mut audit, format!("the {of} end at {}, before the signed {}", hashes.len(), end.seq)),
            }
        }
    }
    Ok(audit)
}

fn fault(audit: &mut Audit, what: String) {
    if audit.faults.len() < FAULTS {
        audit.faults.push(what);
    }
}

/// The heads that were published, each checked against its signature, the store against the file beside it.
fn published(connection: &Connection, witness: &Witness, audit: &mut Audit) -> Result<Vec<PublishedHead>> {
    let mut heads = super::proof::heads(connection, u32::MAX)?;
    for line in &witness.unreadable {
        fault(audit, format!("line {line} of the file of published heads cannot be read"));
    }
    if let Some(written) = &witness.written {
        for head in written {
            match heads.iter().find(|kept| kept.head.seq == head.head.seq) {
                Some(kept) if kept == head => {}
                Some(_) => fault(audit, format!("head {} was published with other content", head.head.seq)),
                None => fault(audit, format!("head {} was published and is not in the store", head.head.seq)),
            }
        }
        // The newest may have been published since the file was read.
        for head in heads.iter().skip(1) {
            if !written.iter().any(|line| line.head.seq == head.head.seq) {
                fault(audit, format!("head {} is in the store and not in the file of published heads", head.head.seq));
            }
        }
        heads.extend(written.iter().cloned());
    }
    if let Some(secret) = &witness.secret {
        for head in heads.iter().filter(|head| !crate::published::is_signed(head, secret)) {
            fault(audit, format!("the signature of head {} is not ours", head.head.seq));
        }
    }
    Ok(heads)
}

/// What the ledger adds up to.
#[derive(Default)]
struct Replayed {
    /// Each case with the number of its first entry.
    cases: HashMap<i64, (Case, i64)>,
    /// Which case names which attachment.
    attachments: HashMap<String, i64>,
    /// The last entry.
    end: i64,
}

/// Walks the chain, checks every hash, commitment and published head, and replays every case.
fn chain(connection: &Connection, published: &[PublishedHead], audit: &mut Audit) -> Result<Replayed> {
    let mut replayed = Replayed::default();
    let mut signed: HashMap<u64, Vec<Hash>> = HashMap::new();
    for head in published {
        signed.entry(head.head.seq).or_default().push(head.head.hash);
    }
    let erased = super::chain::erased(connection)?;
    let mut head = Head::default();
    let mut statement = connection.prepare(
        "SELECT e.seq, e.reference, e.version, e.at, e.by, e.body, e.commitment, e.hash, d.salt, d.statement
         FROM event e LEFT JOIN document d ON d.seq = e.seq ORDER BY e.seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, case, version): (i64, i64, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (at, by, body): (i64, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let (commitment, hash): (Option<Vec<u8>>, Vec<u8>) = (row.get(6)?, row.get(7)?);
        let entry = Entry {
            reference: u64::try_from(case).unwrap_or(0),
            version,
            at,
            by: &by,
            body: &body,
            commitment: commitment.as_deref(),
        };
        head = head.next(&entry);
        if i64::try_from(head.seq).ok() != Some(seq) {
            fault(audit, format!("entry {} is missing before entry {seq}", head.seq));
            head.seq = u64::try_from(seq).unwrap_or(0);
        }
        if head.hash.as_slice() != hash {
            fault(audit, format!("entry {seq} does not fit the chain"));
            head.hash = super::blob(&hash).unwrap_or_default();
        }
        if signed.remove(&head.seq).is_some_and(|signed| signed.iter().any(|signed| *signed != head.hash)) {
            fault(audit, format!("the ledger up to entry {seq} is not the one whose head was published"));
        }
        let said = row.get::<_, Option<Vec<u8>>>(8)?.zip(row.get::<_, Option<String>>(9)?);
        match (&commitment, said) {
            (None, None) => {}
            (Some(commitment), Some((salt, words))) if *commitment == ledger::commitment(&salt, &words) => {}
            (Some(_), Some(_)) => fault(audit, format!("the words of entry {seq} are not those that were said")),
            (Some(_), None) if erased.contains(&seq) => {}
            (Some(_), None) => fault(audit, format!("the words of entry {seq} are gone")),
            (None, Some(_)) => fault(audit, format!("entry {seq} came without words and has some")),
        }
        let stored = parsed((seq, at, by, body, None))?;
        for attachment in stored.event.body.attachments() {
            replayed.attachments.insert(attachment.as_str().to_owned(), case);
        }
        match replayed.cases.get_mut(&case) {
            Some((known, _)) => known.apply(&stored.event),
            None => match Case::open(&stored.event) {
                Some(opened) if number(opened.reference) == case => {
                    replayed.cases.insert(case, (opened, seq));
                }
                _ => fault(audit, format!("entry {seq} begins a case and is no lodging of it")),
            },
        }
        if replayed.cases.get(&case).is_some_and(|(known, _)| known.version != version) {
            fault(audit, format!("entry {seq} has version {version} out of its order"));
        }
        audit.entries += 1;
    }
    for seq in signed.keys() {
        fault(audit, format!("the ledger ends at entry {}, and the head of entry {seq} was published", head.seq));
    }
    replayed.end = i64::try_from(head.seq).unwrap_or(i64::MAX);
    audit.cases = replayed.cases.len() as u64;
    Ok(replayed)
}

/// Compares every column of every case row with the case that its events add up to.
fn views(connection: &Connection, replayed: &Replayed, rules: &Rules, audit: &mut Audit) -> Result<()> {
    let mut seen = 0usize;
    let mut statement = connection.prepare(&format!("SELECT {} FROM grievance", CaseRow::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        seen += 1;
        let key: i64 = row.get(0)?;
        let Some((case, lodged)) = replayed.cases.get(&key) else {
            fault(audit, format!("the row of case {} has no events", reference(key)));
            continue;
        };
        let expected = CaseRow::of(case, case.due(rules), case.next_deadline(rules))?.values(*lodged);
        for (column, (value, name)) in expected.iter().zip(CaseRow::COLUMNS.split(", ")).enumerate() {
            if row.get::<_, Value>(column)? != *value {
                fault(audit, format!("{name} of case {} is not what its events add up to", reference(key)));
            }
        }
    }
    if seen != replayed.cases.len() {
        fault(audit, format!("{} cases have events, {seen} have rows", replayed.cases.len()));
    }
    // A message is written with the entry that caused it.
    let sql = "SELECT cause FROM outbox WHERE cause IS NOT NULL AND CAST(cause AS INTEGER) > ?1 LIMIT 1";
    if let Some(cause) = connection.query_row(sql, [replayed.end], |row| row.get::<_, String>(0)).optional()? {
        let entry = cause.split(' ').next().unwrap_or_default();
        fault(audit, format!("a message was caused by entry {entry}, and the ledger ends at {}", replayed.end));
    }
    Ok(())
}

/// Titles are the beginnings of the words beside them; words without an entry are nobody's.
fn words(connection: &Connection, audit: &mut Audit) -> Result<()> {
    let mut statement = connection
        .prepare("SELECT d.seq, d.statement, d.title, e.version FROM document d LEFT JOIN event e ON e.seq = d.seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, version): (i64, Option<u32>) = (row.get(0)?, row.get(3)?);
        let title = serde_json::from_str::<Statement>(&row.get::<_, String>(1)?).ok();
        let title = title.filter(|_| version == Some(1)).map(|said| text::title(&said.text));
        if version.is_none() {
            fault(audit, format!("there are words for an entry {seq} that there is not"));
        } else if row.get::<_, Option<String>>(2)? != title {
            fault(audit, format!("the title of entry {seq} is not the beginning of its words"));
        }
    }
    Ok(())
}

/// Each number is the one that its person's name was made of, and every citizen has one.
fn people(connection: &Connection, replayed: &Replayed, witness: &Witness, audit: &mut Audit) -> Result<()> {
    let mut known = HashSet::new();
    let mut statement = connection.prepare("SELECT id, mobile FROM person")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, mobile): (i64, String) = (row.get(0)?, row.get(1)?);
        known.insert(id);
        let Some(secret) = &witness.secret else { continue };
        let fits = Mobile::parse(&mobile).is_ok_and(|mobile| super::person(secret.person(&mobile)) == id);
        if !fits {
            fault(audit, format!("the number of person {id} is not the one that person was made of"));
        }
    }
    for (key, (case, _)) in &replayed.cases {
        if !known.contains(&super::person(case.citizen)) {
            fault(audit, format!("the citizen of case {} has no number", reference(*key)));
        }
    }
    Ok(())
}

/// Each attachment belongs to the case that names it, and its file is the one that was stored.
fn attachments(connection: &Connection, replayed: &Replayed, witness: &Witness, audit: &mut Audit) -> Result<()> {
    let mut left: HashMap<&str, i64> = replayed.attachments.iter().map(|(id, case)| (id.as_str(), *case)).collect();
    for attachment in super::files::all(connection)? {
        let named = left.remove(attachment.id.as_str());
        if attachment.reference.map(number) != named {
            fault(audit, format!("attachment {} is not with the case that names it", attachment.id));
        }
        let (Some(folder), true) = (&witness.folder, attachment.is_here()) else { continue };
        let file = crate::files::path(folder, attachment.kind, &attachment.id);
        match std::fs::read(&file).map(|bytes| Hash::from(Sha256::digest(bytes))) {
            Ok(found) if Some(found) == attachment.stored => {}
            Ok(_) => fault(audit, format!("the file of attachment {} is not the one that was stored", attachment.id)),
            Err(_) if witness.missing.contains(&attachment.id) => {}
            Err(error) => fault(audit, format!("the file of attachment {}: {error}", attachment.id)),
        }
    }
    // What never came was no loss; versions before this one forgot it.
    let recorded = super::chain::recorded_attachments(connection)?;
    for (id, case) in left.into_iter().filter(|(id, _)| recorded.contains(*id)) {
        fault(audit, format!("case {} names attachment {id}, which is gone", reference(case)));
    }
    Ok(())
}

/// Makes all case rows again from the ledger; answers how many.
pub(super) fn rebuild(connection: &Connection, _: &mut Effects<'_>, rules: &Rules) -> Result<u64> {
    connection.execute("DELETE FROM grievance", [])?;
    let mut cases: HashMap<i64, (Case, i64)> = HashMap::new();
    let mut statement = connection.prepare("SELECT seq, reference, at, by, body FROM event ORDER BY seq")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        let (seq, key): (i64, i64) = (row.get(0)?, row.get(1)?);
        let stored = parsed((seq, row.get(2)?, row.get(3)?, row.get(4)?, None))?;
        match cases.get_mut(&key) {
            Some((case, _)) => case.apply(&stored.event),
            None => {
                if let Some(case) = Case::open(&stored.event) {
                    cases.insert(key, (case, seq));
                }
            }
        }
    }
    retitle(connection)?;
    for (case, lodged_seq) in cases.values() {
        CaseRow::of(case, case.due(rules), case.next_deadline(rules))?.put(connection, *lodged_seq)?;
    }
    Ok(cases.len() as u64)
}

/// Titles follow from the words.
fn retitle(connection: &Connection) -> Result<()> {
    let mut changed = Vec::new();
    {
        let mut statement = connection.prepare(
            "SELECT d.seq, d.statement, d.title FROM document d JOIN event e ON e.seq = d.seq WHERE e.version = 1",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let said: Statement = serde_json::from_str(&row.get::<_, String>(1)?)?;
            let title = text::title(&said.text);
            if row.get::<_, Option<String>>(2)?.as_ref() != Some(&title) {
                changed.push((row.get::<_, i64>(0)?, title));
            }
        }
    }
    let mut statement = connection.prepare("UPDATE document SET title = ?2 WHERE seq = ?1")?;
    for (seq, title) in changed {
        statement.execute(params![seq, title])?;
    }
    Ok(())
}
