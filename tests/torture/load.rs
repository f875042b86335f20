//! People at work: they lodge, send photos and write notes as fast as they are answered. What was acknowledged is
//! remembered, to be looked for later.

use crate::person::{Person, form, grainy};
use crate::report::Findings;
use crate::stored::{all_there, database};
use crate::uploads::{announce, finish};
use anyhow::Result;
use rusqlite::OptionalExtension;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// What the server has acknowledged.
#[derive(Debug, Default, Clone)]
pub struct Acknowledged {
    /// Numbers of grievances, and when.
    pub numbers: Vec<(Instant, String)>,
    /// Photos by name.
    pub photos: Vec<String>,
    /// A case, and the version to which an action led.
    pub actions: Vec<(String, u32)>,
    /// Answers by status; 0 for none.
    pub statuses: BTreeMap<u16, u32>,
}

type Kept = Arc<Mutex<Acknowledged>>;

fn kept(kept: &Kept) -> std::sync::MutexGuard<'_, Acknowledged> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// People at work.
pub struct Load {
    kept: Kept,
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Number of people of each kind.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Who lodge.
    pub lodgers: u32,
    /// Who send photos, every second one in pieces.
    pub photographers: u32,
    /// Staff who write notes on what was lodged.
    pub writers: u32,
}

impl Load {
    /// Starts them, signed in where necessary.
    pub async fn begin(base: &str, crowd: Crowd, rng: &mut fastrand::Rng) -> Result<Self> {
        let mut load = Self { kept: Arc::default(), stop: Arc::default(), tasks: Vec::new() };
        let mut writers = Vec::new();
        for _ in 0..crowd.writers {
            writers.push(Person::staff(base, "analyst").await?);
        }
        for _ in 0..crowd.lodgers {
            let (kept, stop, person) = (load.kept.clone(), load.stop.clone(), Person::anon(base)?);
            load.tasks.push(tokio::spawn(async move { lodges(&person, &kept, &stop).await }));
        }
        for place in 0..crowd.photographers {
            let (kept, stop, person) = (load.kept.clone(), load.stop.clone(), Person::anon(base)?);
            let rng = rng.fork();
            load.tasks.push(tokio::spawn(async move { photographs(&person, &kept, &stop, rng, place % 2 == 0).await }));
        }
        for person in writers {
            let (kept, stop) = (load.kept.clone(), load.stop.clone());
            load.tasks.push(tokio::spawn(async move { writes(&person, &kept, &stop).await }));
        }
        Ok(load)
    }

    /// Stops them.
    pub async fn end(self) -> Acknowledged {
        self.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            if tokio::time::timeout(Duration::from_secs(40), task).await.is_err() {
                continue;
            }
        }
        kept(&self.kept).clone()
    }
}

async fn lodges(person: &Person, all: &Kept, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let (form, key) = (form(), tests::key());
        // The same key until it succeeds, as a phone does; a few times, since the server may be gone.
        for _ in 0..3 {
            match person.lodge(&form, &key).await {
                Ok(answer) => {
                    let mut all = kept(all);
                    *all.statuses.entry(answer.status).or_default() += 1;
                    if answer.status == 201 {
                        all.numbers.push((Instant::now(), answer.field("reference")));
                        break;
                    }
                }
                Err(_) if stop.load(Ordering::SeqCst) => return,
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn photographs(person: &Person, all: &Kept, stop: &AtomicBool, mut rng: fastrand::Rng, whole: bool) {
    while !stop.load(Ordering::SeqCst) {
        let photo = grainy(&mut rng, 64, 48);
        let id = if whole {
            match person.photo(&photo).await {
                Ok(answer) => {
                    *kept(all).statuses.entry(answer.status).or_default() += 1;
                    (answer.status == 201).then(|| answer.field("id"))
                }
                Err(_) => None,
            }
        } else {
            match announce(person, photo.len()).await {
                Ok(path) => {
                    let right = finish(person, &path, &photo, 3).await.is_ok_and(|finished| finished.is_right);
                    right.then(|| path.rsplit('/').next().unwrap_or_default().to_owned())
                }
                Err(_) => None,
            }
        };
        match id {
            Some(id) => kept(all).photos.push(id),
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn writes(person: &Person, all: &Kept, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let newest = kept(all).numbers.last().map(|(_, number)| number.clone());
        if let Some(number) = newest
            && let Ok(answer) = person.act(&number, &json!({ "note": { "text": "দেখা হয়েছে" } }), &tests::key()).await
        {
            let version = answer.header("etag").trim_matches('"').parse().unwrap_or(0);
            let mut all = kept(all);
            *all.statuses.entry(answer.status).or_default() += 1;
            if answer.status == 200 {
                all.actions.push((number, version));
            }
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

impl Acknowledged {
    /// Adds what another one has.
    pub fn add(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        self.photos.extend(other.photos);
        self.actions.extend(other.actions);
        for (status, times) in other.statuses {
            *self.statuses.entry(status).or_default() += times;
        }
    }

    /// The numbers alone.
    pub fn references(&self) -> Vec<String> {
        self.numbers.iter().map(|(_, number)| number.clone()).collect()
    }

    /// Statuses and how often each came.
    pub fn figure(&self) -> String {
        let told: Vec<String> = self.statuses.iter().map(|(status, times)| format!("{times} × {status}")).collect();
        told.join(", ")
    }

    /// Numbers that a database lacks.
    pub fn lost_numbers(&self, data: &Path) -> Result<usize> {
        let connection = database(data)?;
        let mut statement = connection.prepare("SELECT 1 FROM grievance WHERE reference = ?1")?;
        let mut lost = 0;
        for (_, number) in &self.numbers {
            let number: i64 = number.parse()?;
            lost += usize::from(statement.query_row([number], |_| Ok(())).optional()?.is_none());
        }
        Ok(lost)
    }

    /// Checks that all of it is stored.
    pub fn check(&self, findings: &mut Findings, data: &Path) -> Result<()> {
        all_there(findings, data, &self.references())?;
        let connection = database(data)?;
        let mut lost = 0;
        for (number, version) in &self.actions {
            let number: i64 = number.parse()?;
            let sql = "SELECT e.version FROM grievance g JOIN event e ON e.seq = g.seq WHERE g.reference = ?1";
            let stored: Option<u32> = connection.query_row(sql, [number], |row| row.get(0))?;
            lost += usize::from(stored.is_none_or(|stored| stored < *version));
        }
        let figure = format!("{} acknowledged, {lost} lost", self.actions.len());
        findings.ask("acknowledged actions", "each is there", figure, lost == 0);
        let mut lost = 0;
        for id in &self.photos {
            let sql = "SELECT width > 0 FROM attachment WHERE id = ?1";
            let here = connection.query_row(sql, [id], |row| row.get::<_, bool>(0)).optional()?;
            let path = data.join("photos").join(id.get(..2).unwrap_or("00")).join(format!("{id}.jpg"));
            let length = path.metadata().map_or(0, |data| data.len());
            lost += usize::from(here != Some(true) || length == 0);
        }
        let figure = format!("{} acknowledged, {lost} lost", self.photos.len());
        findings.ask("acknowledged photos", "each is there, with its file", figure, lost == 0);
        Ok(())
    }
}
