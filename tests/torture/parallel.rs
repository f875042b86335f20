//! Every route that changes something, sixteen times at once on one object: each key has exactly one effect, no answer
//! is a 5xx, and `/livez` answers throughout.

use crate::person::{Answer, Person, form, grainy, mobile};
use crate::report::Findings;
use crate::round::Round;
use crate::server::{Options, SMS_TOKEN, Server};
use crate::stored::{entries, number, settle};
use crate::story;
use crate::watch::{Patience, Watch};
use anyhow::{Result, ensure};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex};

/// Requests at once.
pub const AT_ONCE: usize = 16;

/// The results of concurrent requests.
pub struct Burst {
    /// Those that were answered.
    pub answers: Vec<Answer>,
    /// Number of requests without an answer.
    pub unanswered: usize,
}

impl Burst {
    /// Sends so many at once; each is told its index.
    pub async fn of<F, Fut>(request: F) -> Self
    where
        F: Fn(usize) -> Fut,
        Fut: Future<Output = Result<Answer>> + Send + 'static,
    {
        let sent: Vec<_> = (0..AT_ONCE).map(|place| tokio::spawn(request(place))).collect();
        let mut burst = Self { answers: Vec::new(), unanswered: 0 };
        for task in sent {
            match task.await {
                Ok(Ok(answer)) => burst.answers.push(answer),
                _ => burst.unanswered += 1,
            }
        }
        burst
    }

    /// How many had this status.
    pub fn count(&self, status: u16) -> usize {
        self.answers.iter().filter(|answer| answer.status == status).count()
    }

    /// Whether all were answered, and none with a 5xx.
    pub fn is_clean(&self) -> bool {
        self.unanswered == 0 && self.answers.iter().all(|answer| answer.status < 500)
    }

    /// Distinct values of a field in the answers with this status.
    pub fn fields(&self, status: u16, name: &str) -> BTreeSet<String> {
        self.answers.iter().filter(|answer| answer.status == status).map(|answer| answer.field(name)).collect()
    }

    /// Statuses and how often each came.
    pub fn figure(&self) -> String {
        let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
        for answer in &self.answers {
            *counts.entry(answer.status).or_default() += 1;
        }
        let mut told: Vec<String> = counts.iter().map(|(status, times)| format!("{times} × {status}")).collect();
        if self.unanswered > 0 {
            told.push(format!("{} without an answer", self.unanswered));
        }
        told.join(", ")
    }
}

/// Runs the trial.
pub async fn trial(round: &Round, findings: &mut Findings) -> Result<()> {
    let data = round.data("parallel")?;
    let mut server = Server::start(round, &data, &Options { unlimited: true, ..Options::default() }).await?;
    let numbers = Arc::<Mutex<Vec<String>>>::default();
    let watch = Watch::begin(round, &server, &numbers);
    let base = server.base.clone();
    sign_ins(findings, &base).await?;
    lodgings(findings, &base, &data).await?;
    uploads(findings, round, &base).await?;
    let outcome = story::told(findings, round, &server).await;
    forms(findings, &base, &data).await?;
    outcome?;
    let all = watch.numbers();
    watch.end(findings, Patience::None).await;
    settle(findings, round, &mut server, &all).await
}

async fn sign_ins(findings: &mut Findings, base: &str) -> Result<()> {
    let anon = Person::anon(base)?;
    let number = mobile();
    let codes = Burst::of(|_| {
        let (anon, number) = (anon.clone(), number.clone());
        async move { anon.post("/api/codes", &json!({ "mobile": number }), &[]).await }
    })
    .await;
    let held =
        codes.is_clean() && (1..=3).contains(&codes.count(201)) && codes.count(201) + codes.count(429) == AT_ONCE;
    findings.ask("16 codes to one number", "at most 3 go out, the rest 429", codes.figure(), held);

    let number = mobile();
    let sent = anon.post("/api/codes", &json!({ "mobile": number }), &[]).await?;
    let (code, path) = (anon.code_for(&number).await?, format!("/api/codes/{}", sent.field("id")));
    let exchanged = Burst::of(|_| {
        let (anon, path, code) = (anon.clone(), path.clone(), code.clone());
        async move { anon.post(&path, &json!({ "code": code }), &[]).await }
    })
    .await;
    findings.ask(
        "one code exchanged 16 times",
        "one session",
        exchanged.figure(),
        exchanged.is_clean() && exchanged.count(201) == 1,
    );

    let signed = Burst::of(|_| {
        let base = base.to_owned();
        async move {
            let anon = Person::anon(&base)?;
            let body = json!({ "username": "auditor", "password": ::seed::DEMO_PASSWORD });
            anon.post("/api/session", &body, &[("pratikar-app", "staff")]).await
        }
    })
    .await;
    let held = signed.is_clean() && signed.count(201) + signed.count(429) == AT_ONCE && signed.count(201) > 0;
    findings.ask("16 sign-ins to one account", "201, or 429 for some", signed.figure(), held);

    let auditor = Person::staff(base, "auditor").await?;
    let out = Burst::of(|_| {
        let auditor = auditor.clone();
        async move { auditor.send("DELETE", "/api/session", &[], Vec::new()).await }
    })
    .await;
    let after = auditor.get("/api/session").await?;
    let held = out.is_clean() && out.count(200) == AT_ONCE && after.json["actor"].is_null();
    findings.ask("one session ended 16 times", "each 200, it is over", out.figure(), held);
    Ok(())
}

async fn lodgings(findings: &mut Findings, base: &str, data: &std::path::Path) -> Result<()> {
    let anon = Person::anon(base)?;
    let (form, key) = (form(), tests::key());
    let same = Burst::of(|_| {
        let (anon, form, key) = (anon.clone(), form.clone(), key.clone());
        async move { anon.lodge(&form, &key).await }
    })
    .await;
    let references = same.fields(201, "reference");
    let held = same.is_clean() && references.len() == 1 && same.count(201) + same.count(409) == AT_ONCE;
    let figure = format!("{}, {} numbers", same.figure(), references.len());
    findings.ask("one lodging, 16 times with one key", "one number", figure, held);

    let other = Burst::of(|place| {
        let (anon, key, mut form) = (anon.clone(), key.clone(), form.clone());
        form["landmark"] = format!("পাড়া {place}").into();
        async move { anon.lodge(&form, &key).await }
    })
    .await;
    let held = other.is_clean() && other.count(422) == AT_ONCE;
    findings.ask("16 other lodgings with that key", "each 422", other.figure(), held);

    let new = crate::person::form();
    let text = new["mobile"].as_str().unwrap_or_default().to_owned();
    let different = Burst::of(|_| {
        let (anon, form) = (anon.clone(), new.clone());
        async move { anon.lodge(&form, &tests::key()).await }
    })
    .await;
    let references = different.fields(201, "reference");
    let sql =
        format!("SELECT count(*) FROM grievance g JOIN person p ON p.id = g.citizen WHERE p.mobile LIKE '%{text}'");
    let stored = number(data, &sql)?;
    let held = different.is_clean() && references.len() == AT_ONCE && stored == i64::try_from(AT_ONCE)?;
    let figure = format!("{}, {} numbers, {stored} stored", different.figure(), references.len());
    findings.ask("one lodging, 16 times with 16 keys", "16 numbers", figure, held);
    Ok(())
}

async fn uploads(findings: &mut Findings, round: &Round, base: &str) -> Result<()> {
    let citizen = Person::anon(base)?;
    let photo = Arc::new(grainy(&mut round.rng("parallel"), 160, 120));
    let length = photo.len().to_string();
    let opened = Burst::of(|_| {
        let (citizen, length) = (citizen.clone(), length.clone());
        async move { citizen.send("POST", "/api/uploads", &[("upload-length", &length)], Vec::new()).await }
    })
    .await;
    let places: BTreeSet<String> = opened.answers.iter().map(|answer| answer.header("location").to_owned()).collect();
    let held = opened.count(201) == AT_ONCE && places.len() == AT_ONCE;
    findings.ask("16 uploads opened", "16 uploads", format!("{}, {} places", opened.figure(), places.len()), held);

    let place = places.into_iter().next().unwrap_or_default();
    ensure!(!place.is_empty(), "no upload could be opened");
    let patched = Burst::of(|_| {
        let (citizen, place, photo) = (citizen.clone(), place.clone(), photo.clone());
        let headers = [("content-type", "application/offset+octet-stream"), ("upload-offset", "0")];
        async move { citizen.send("PATCH", &place, &headers, photo.to_vec()).await }
    })
    .await;
    // A phone whose requests overtook each other asks for the offset and continues.
    let finished = crate::uploads::finish(&citizen, &place, &photo, 5).await?;
    let held = patched.is_clean() && finished.is_right;
    findings.ask("16 times the whole of one upload", "it completes, right digest", patched.figure(), held);

    let wholes = Burst::of(|_| {
        let (citizen, photo) = (citizen.clone(), photo.clone());
        async move { citizen.photo(&photo).await }
    })
    .await;
    let busy = wholes.answers.iter().filter(|answer| answer.is_busy()).count();
    let ids = wholes.fields(201, "id").len();
    let held = wholes.unanswered == 0 && ids > 0 && ids + busy == AT_ONCE;
    findings.ask("16 whole photos", "each taken, or told to wait", wholes.figure(), held);
    Ok(())
}

/// The plain pages, and text messages.
async fn forms(findings: &mut Findings, base: &str, data: &std::path::Path) -> Result<()> {
    let anon = Person::anon(base)?;
    let number = mobile();
    let text = format!("রাস্তার আলো জ্বলে না, খুঁটি {number}");
    // An empty form returns with whatever hidden fields it has.
    let empty = anon.form("/lodge", &[("text", ""), ("name", ""), ("mobile", "")]).await?;
    let hidden = hidden(&empty.text);
    let lodged = Burst::of(|_| {
        let (anon, number, text, hidden) = (anon.clone(), number.clone(), text.clone(), hidden.clone());
        async move {
            let mut fields = vec![("text", text.as_str()), ("name", "রহিমা বিবি"), ("mobile", &number), ("place", "")];
            fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            anon.form("/lodge", &fields).await
        }
    })
    .await;
    let sql =
        format!("SELECT count(*) FROM grievance g JOIN person p ON p.id = g.citizen WHERE p.mobile LIKE '%{number}'");
    let stored = crate::stored::number(data, &sql)?;
    let figure = format!("{}, {stored} stored", lodged.figure());
    findings.ask("one plain form sent 16 times", "one grievance", figure, lodged.is_clean() && stored == 1);

    let entered = {
        let sent = anon.form("/plain/sign-in", &[("mobile", &number)]).await?;
        let fields = self::hidden(&sent.text);
        let id = fields.iter().find(|(name, _)| name == "id").map(|(_, id)| id.clone()).unwrap_or_default();
        let code = anon.code_for(&number).await?;
        Burst::of(|_| {
            let (anon, id, code) = (anon.clone(), id.clone(), code.clone());
            async move { anon.form("/plain/code", &[("id", &id), ("code", &code)]).await }
        })
        .await
    };
    let held = entered.is_clean() && entered.count(303) == 1;
    findings.ask("one plain code sent 16 times", "one session", entered.figure(), held);

    let cookie = entered.answers.iter().find(|answer| answer.status == 303);
    let cookie = cookie.and_then(|answer| answer.header("set-cookie").split(';').next());
    let mut citizen = anon;
    citizen.cookie = cookie.map(str::to_owned);
    let mine = citizen.get("/api/grievances").await?.json[0].clone();
    let reference = mine["reference"].as_str().unwrap_or_default().to_owned();
    let version = mine["version"].to_string();
    let before = entries(data, &reference)?;
    let path = format!("/plain/case/{reference}");
    let acted = Burst::of(|_| {
        let (citizen, path, version) = (citizen.clone(), path.clone(), version.clone());
        async move {
            let fields = [("act", "add_information"), ("version", version.as_str()), ("reason", "খুঁটিটা স্কুলের সামনে")];
            citizen.form(&path, &fields).await
        }
    })
    .await;
    let effects = entries(data, &reference)? - before;
    let figure = format!("{}, {effects} entries", acted.figure());
    findings.ask("one plain action sent 16 times", "one entry", figure, acted.is_clean() && effects == 1);
    Ok(())
}

/// Hidden fields of a page's forms.
fn hidden(html: &str) -> Vec<(String, String)> {
    let value = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        Some(rest.split('"').next()?.to_owned())
    };
    html.split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((value(tag, "name")?, value(tag, "value").unwrap_or_default())))
        .collect()
}

/// The reply for yes in the question about a case, once it has been sent.
async fn asked_with(data: &std::path::Path, reference: &str) -> Result<String> {
    let sql = "SELECT packed FROM outbox WHERE reference = ?1 AND sent_after IS NOT NULL
               AND template IN (SELECT id FROM template WHERE name = 'reported') ORDER BY id DESC LIMIT 1";
    let of = model::Reference::parse(reference).ok();
    for _ in 0..200 {
        let connection = rusqlite::Connection::open(data.join("pratikar.db"))?;
        let number: i64 = reference.parse()?;
        let packed: Option<Vec<u8>> = connection.query_row(sql, [number], |row| row.get(0)).optional()?;
        let body = packed.map(|packed| server::store::pack::unpack_message(of, &packed)).transpose()?;
        // The reference stands in groups of four digits.
        let numbers = body.as_deref().unwrap_or_default().split(|c: char| !c.is_ascii_digit());
        if let Some(yes) = numbers.into_iter().find(|number| (1..=2).contains(&number.len())) {
            return Ok(yes.to_owned());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("the question about {reference} has not gone out")
}

/// One text message, delivered sixteen times.
pub async fn text_message(findings: &mut Findings, server: &Server, mobile: &str, reference: &str) -> Result<()> {
    let gateway = Person::anon(&server.base)?;
    let yes = asked_with(&server.data, reference).await?;
    let before = entries(&server.data, reference)?;
    let message = json!({ "id": tests::key(), "from": mobile, "text": yes });
    let bearer = format!("Bearer {SMS_TOKEN}");
    let sent = Burst::of(|_| {
        let (gateway, message, bearer): (Person, Value, String) = (gateway.clone(), message.clone(), bearer.clone());
        async move { gateway.post("/api/sms", &message, &[("authorization", &bearer)]).await }
    })
    .await;
    let effects = entries(&server.data, reference)? - before;
    let figure = format!("{}, {effects} entries", sent.figure());
    findings.ask("one text message handed over 16 times", "one entry", figure, sent.is_clean() && effects == 1);
    Ok(())
}
