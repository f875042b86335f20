//! A wall clock that jumps while monotonic time continues: a day, a month and a year ahead, a day back. It causes no
//! escalation, message or deleted upload, no session lies in the future, and `/readyz` names the clock meanwhile.

use crate::control::Control;
use crate::person::{Person, form, mobile};
use crate::report::Findings;
use crate::round::{Round, files};
use crate::server::{Options, Server};
use crate::stored::{number, settle};
use crate::uploads::announce;
use crate::watch::{Patience, Watch};
use anyhow::Result;
use server::store::pack;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DAY: i64 = 24 * 3_600;
const JUMPS: [(&str, i64); 4] = [("+1 day", DAY), ("+31 days", 31 * DAY), ("+366 days", 366 * DAY), ("-1 day", -DAY)];
/// Time after which a running server has swept its uploads once.
const SWEPT: Duration = Duration::from_secs(615);
/// Milliseconds that count as the same time.
const NEAR: i64 = 120_000;

fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// What a wrong clock could harm.
#[derive(Debug, Clone, Copy)]
struct State {
    escalations: i64,
    messages: i64,
    attachments: i64,
    partial: usize,
    entries: i64,
}

fn state(data: &Path) -> Result<State> {
    Ok(State {
        escalations: escalations(data)?,
        messages: number(
            data,
            "SELECT count(*) FROM outbox WHERE template IN
                 (SELECT id FROM template WHERE name IN ('overdue', 'escalated', 'digest'))",
        )?,
        attachments: number(data, "SELECT count(*) FROM attachment")?,
        partial: files(&data.join("photos")).len(),
        entries: number(data, "SELECT coalesce(max(seq), 0) FROM event")?,
    })
}

fn escalations(data: &Path) -> Result<i64> {
    let connection = rusqlite::Connection::open(data.join("pratikar.db"))?;
    let mut statement = connection.prepare("SELECT packed FROM event")?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let entry = pack::unpack(pack::Kind::Event, &row.get::<_, Vec<u8>>(0)?)?;
        count += i64::from(entry.contains("\"escalated\""));
    }
    Ok(count)
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("clock")?;
    let control = Control::new(&round.folder("clock-control")?)?;
    let started = Instant::now();
    let options = Options { unlimited: true, control: Some(&control), ..Options::default() };
    let mut server = Server::start(round, &data, &options).await?;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let watch = Watch::begin(round, &server, &numbers);
    let citizen = Person::anon(&server.base)?;
    // One upload that nothing names, and one in progress that a lodged grievance names.
    let photo = citizen.photo(&tests::photo()).await?.field("id");
    announce(&citizen, 5_000).await?;
    let coming = announce(&citizen, 5_000).await?;
    let named = coming.rsplit('/').next().unwrap_or_default().to_owned();
    let mut named_form = form();
    named_form["photos"] = serde_json::json!([named]);
    citizen.lodge(&named_form, &tests::key()).await?;
    settled(&data).await?;
    let before = state(&data)?;

    let hold = Duration::from_secs(round.pick(11, 45));
    let (mut unready, mut unnamed, mut slow_return) = (Vec::new(), Vec::new(), Vec::new());
    let mut future_cookies = Vec::new();
    for (name, seconds) in JUMPS {
        // A month does the same as a year, except for the uploads that are swept.
        if round.short && name == "+31 days" {
            continue;
        }
        control.clock(seconds)?;
        let sweep = !round.short && round.first && name == "+31 days";
        let until = if sweep { started + SWEPT } else { Instant::now() + hold };
        let mut seen = (0, String::new());
        while Instant::now() < until {
            let answer = citizen.get("/readyz").await?;
            if seen.0 != 503 {
                seen = (answer.status, answer.text.to_lowercase());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        if seen.0 != 503 {
            unready.push(format!("{name}: {}", seen.0));
        } else if !seen.1.contains("clock") {
            unnamed.push(name);
        }
        // Signing in may be refused meanwhile; a session that is given must not last.
        if let Ok(Ok(person)) = tokio::time::timeout(hold, Person::citizen(&server.base, &mobile())).await {
            future_cookies.push(person);
        }
        control.clock(0)?;
        let back = Instant::now();
        while citizen.get("/readyz").await?.status != 200 {
            if back.elapsed() > Duration::from_secs(30) {
                slow_return.push(name);
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(round.pick(1, 12))).await;
    let after = state(&data)?;
    let due = number(&data, &format!("SELECT count(*) FROM grievance WHERE next_deadline <= {}", now()))?;
    let new = (after.escalations - before.escalations, after.messages - before.messages);
    let figure = format!("{} escalations, {} messages, {due} really due", new.0, new.1);
    findings.ask("clock jumps: escalations", "none beyond what is due", figure, new.0 <= due && new.1 <= due);
    let ahead =
        number(&data, &format!("SELECT count(*) FROM event WHERE seq > {} AND at > {}", before.entries, now() + NEAR))?;
    let back = number(
        &data,
        &format!(
            "SELECT count(*) FROM event e JOIN event p ON p.seq = e.seq - 1 WHERE e.seq > {} AND e.at < p.at - {NEAR}",
            before.entries
        ),
    )?;
    let figure = format!("{ahead} ahead of now, {back} before their forerunner");
    findings.ask("clock jumps: entries in the ledger", "none has a wrong time", figure, ahead == 0 && back == 0);
    let sql = format!("SELECT count(*) FROM attachment WHERE id IN ('{photo}', '{named}')");
    let kept = number(&data, &sql)?;
    let figure = format!("{} listed of {}, {kept} of 2 of ours", after.attachments, before.attachments);
    let held = after.attachments >= before.attachments && after.partial >= before.partial && kept == 2;
    findings.ask("clock jumps: uploads", "none is deleted", figure, held);
    let mut living = 0;
    for person in &future_cookies {
        let me = person.get("/api/session").await?;
        living += usize::from(!me.json["actor"].is_null());
    }
    // A session begun under a wrong clock may live on if it got the true time.
    let ahead = number(&data, &format!("SELECT count(*) FROM session WHERE created > {}", now() + NEAR))?;
    let figure = format!("{ahead} of the future, {living} of {} begun meanwhile hold", future_cookies.len());
    findings.ask("clock jumps: sessions", "none is of the future", figure, ahead == 0);
    let figure = match (unready.is_empty(), unnamed.is_empty()) {
        (true, true) => "each time".to_owned(),
        _ => format!("ready in spite of {}; clock not named: {}", unready.join(", "), unnamed.join(", ")),
    };
    findings.ask("clock jumps: /readyz", "503 and names the clock", figure, unready.is_empty() && unnamed.is_empty());
    let figure =
        if slow_return.is_empty() { "each time".into() } else { format!("not after {}", slow_return.join(", ")) };
    findings.ask("the clock is right again", "ready within 30 s", figure, slow_return.is_empty());
    if round.short || !round.first {
        findings.tell("clock jumps: sweep", "not waited for; the long form's first round does");
    }
    let all = watch.numbers();
    // A lodging may be refused while the time is unknown.
    watch.end(findings, Patience::WhileBroken).await;
    settle(findings, round, &mut server, &all).await
}

/// Waits until what was due at the start has been escalated.
async fn settled(data: &Path) -> Result<()> {
    let mut last = state(data)?.escalations;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(11)).await;
        let seen = state(data)?.escalations;
        if seen == last {
            return Ok(());
        }
        last = seen;
    }
    Ok(())
}
