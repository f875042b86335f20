//! Concurrent actions along the lives of some cases: each step once with one key for all sixteen requests, and once, on
//! a sister case, with sixteen keys.

use crate::parallel::{AT_ONCE, Burst, text_message};
use crate::person::{Person, form};
use crate::report::Findings;
use crate::round::Round;
use crate::server::Server;
use crate::stored::{entries, number};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Who acts.
const STAFF: [&str; 6] =
    ["analyst", "nodal.phe", "officer.phe.bolpur-sriniketan", "caller", "validator.birbhum", "appellate"];
const CITIZEN: &str = "citizen";

/// One case of a pair.
struct Sister {
    reference: String,
    citizen: Person,
    mobile: String,
}

struct Stage<'a> {
    server: &'a Server,
    people: BTreeMap<&'static str, Person>,
    office: i64,
    /// Kinds of actions that had exactly one effect, and what was wrong with others.
    good: Vec<String>,
    wrong: Vec<String>,
    refused: Vec<String>,
}

async fn sister(server: &Server) -> Result<Sister> {
    let form = form();
    let mobile = form["mobile"].as_str().unwrap_or_default().to_owned();
    let lodged = Person::anon(&server.base)?.lodge(&form, &tests::key()).await?;
    ensure!(lodged.status == 201, "no lodging: {} {}", lodged.status, lodged.text);
    let citizen = Person::citizen(&server.base, &mobile).await?;
    Ok(Sister { reference: lodged.field("reference"), citizen, mobile })
}

/// Runs the whole story.
pub async fn told(findings: &mut Findings, round: &Round, server: &Server) -> Result<()> {
    let mut people = BTreeMap::new();
    for name in STAFF {
        people.insert(name, Person::staff(&server.base, name).await?);
    }
    let office = number(&server.data, "SELECT id FROM office WHERE name_en LIKE 'Bolpur-Sriniketan, Public%'")?;
    let mut stage = Stage { server, people, office, good: vec![], wrong: vec![], refused: vec![] };
    let pair = [sister(server).await?, sister(server).await?];
    stage.redress(&pair, round).await?;
    readings(findings, &stage, &pair).await?;
    let pair = [sister(server).await?, sister(server).await?];
    stage.turned_away(&pair).await?;
    let pair = [sister(server).await?, sister(server).await?];
    stage.asked_back(&pair).await?;

    let figure = format!("{} kinds good; {}", stage.good.len(), stage.wrong.join("; "));
    findings.ask("actions, 16 at once, with one key and with 16", "one entry for each", figure, stage.wrong.is_empty());
    findings.ask(
        "kinds of action that could be tried",
        "at least 15",
        format!("{}; refused by the rulebook: {}", stage.good.len(), stage.refused.join(", ")),
        stage.good.len() >= 15 || !stage.wrong.is_empty(),
    );
    let waiting = sister(server).await?;
    stage.until_verification(&waiting).await?;
    text_message(findings, server, &waiting.mobile, &waiting.reference).await
}

fn done(text: &str, photo: Option<&str>) -> Value {
    json!({ "submit_atr": { "outcome": "done", "text": text, "photos": photo.into_iter().collect::<Vec<_>>() } })
}

const REPORT: &str = "পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।";

impl Stage<'_> {
    /// Takes the step on both: the first with one key, the second with sixteen.
    async fn step(&mut self, pair: &[Sister; 2], who: &str, actions: [&Value; 2]) -> Result<()> {
        for (place, (sister, action)) in pair.iter().zip(actions).enumerate() {
            self.burst(sister, who, action, place == 0).await?;
        }
        Ok(())
    }

    async fn both(&mut self, pair: &[Sister; 2], who: &str, action: &Value) -> Result<()> {
        self.step(pair, who, [action, action]).await
    }

    fn person(&self, who: &str, sister: &Sister) -> Result<Person> {
        if who == CITIZEN { Ok(sister.citizen.clone()) } else { self.people.get(who).cloned().context("nobody") }
    }

    async fn burst(&mut self, sister: &Sister, who: &str, action: &Value, one_key: bool) -> Result<()> {
        let kind = match action {
            Value::String(kind) => kind.clone(),
            other => other.as_object().and_then(|object| object.keys().next().cloned()).unwrap_or_default(),
        };
        let person = self.person(who, sister)?;
        let seen = person.get(&format!("/api/grievances/{}", sister.reference)).await?;
        let version = seen.header("etag").to_owned();
        let path = format!("/api/grievances/{}/actions", sister.reference);
        let before = entries(&self.server.data, &sister.reference)?;
        let key = tests::key();
        let burst = Burst::of(|_| {
            let (person, path, action, version) = (person.clone(), path.clone(), action.clone(), version.clone());
            let key = if one_key { key.clone() } else { tests::key() };
            async move { person.post(&path, &action, &[("if-match", &version), ("idempotency-key", &key)]).await }
        })
        .await;
        let effects = entries(&self.server.data, &sister.reference)? - before;
        let good = burst.count(200);
        let name = format!("{kind} ({})", if one_key { "one key" } else { "16 keys" });
        // Some kinds write two entries in one step.
        let once = (1..=2).contains(&effects) && if one_key { good >= 1 } else { good == 1 };
        // Whoever writes a note takes nothing from the others: sixteen are sixteen.
        let all = i64::try_from(AT_ONCE).unwrap_or_default();
        let notes = kind == "note" && !one_key && effects == all && good == AT_ONCE;
        if (once || notes) && burst.is_clean() {
            self.good.push(name);
        } else if good == 0 && effects == 0 && burst.is_clean() {
            let why = burst.answers.first().map(|answer| answer.field("refusal")).unwrap_or_default();
            self.refused.push(format!("{name}: {} {why}", burst.figure()));
        } else {
            self.wrong.push(format!("{name}: {effects} entries, {}", burst.figure()));
        }
        Ok(())
    }

    async fn photo(&self, who: &str) -> Result<String> {
        Ok(self.people.get(who).context("nobody")?.photo(&tests::photo()).await?.field("id"))
    }

    /// To the office, reported, returned, reported, disputed by telephone, visited, redressed, reopened.
    async fn redress(&mut self, pair: &[Sister; 2], round: &Round) -> Result<()> {
        let officer = STAFF[2];
        let categorise =
            json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
        let forward = json!({ "forward": { "office": self.office } });
        let contact = json!({ "record_contact": { "means": "phone", "text": "ফোনে কথা হয়েছে, জল নেই।" } });
        self.both(pair, CITIZEN, &json!({ "add_information": { "text": "স্কুলের পাশে" } })).await?;
        self.both(pair, "analyst", &json!({ "note": { "text": "ফোন করা হয়েছে" } })).await?;
        self.both(pair, "analyst", &categorise).await?;
        let other = json!({ "offer_transfer": { "to": { "department": "PRD", "office": null }, "reason": "রাস্তার কাজ" } });
        self.both(pair, "nodal.phe", &other).await?;
        let nodal = Person::staff(&self.server.base, "nodal.prd").await?;
        self.people.insert("nodal.prd", nodal);
        self.both(pair, "nodal.prd", &json!({ "refuse_transfer": { "reason": "আমাদের নয়" } })).await?;
        self.both(pair, "nodal.phe", &forward).await?;
        self.both(pair, CITIZEN, &json!("remind")).await?;
        self.both(pair, officer, &contact).await?;
        let photos = [self.photo(officer).await?, self.photo(officer).await?];
        let reports = photos.map(|photo| done(REPORT, Some(&photo)));
        self.step(pair, officer, [&reports[0], &reports[1]]).await?;
        self.both(pair, "nodal.phe", &json!({ "return_atr": { "reason": "তারিখ লিখুন" } })).await?;
        self.both(pair, officer, &done(REPORT, None)).await?;
        self.both(pair, "nodal.phe", &json!({ "accept_atr": {} })).await?;
        for sister in pair {
            let path = format!("/api/grievances/{}/reveal", sister.reference);
            let caller = self.people.get("caller").context("nobody")?;
            caller.post(&path, &json!({ "reason": "যাচাইয়ের ফোন" }), &[]).await?;
        }
        self.both(pair, "caller", &json!({ "record_call": { "outcome": "disputed", "remark": "জল আসেনি" } })).await?;
        self.both(pair, "nodal.phe", &forward).await?;
        self.both(pair, officer, &contact).await?;
        self.both(pair, officer, &done(REPORT, None)).await?;
        self.both(pair, "nodal.phe", &json!({ "accept_atr": {} })).await?;
        let validator = "validator.birbhum";
        let mut visits = Vec::new();
        for sister in pair {
            let case = self.person(validator, sister)?.get(&format!("/api/grievances/{}", sister.reference)).await?;
            let photo = self.photo(validator).await?;
            visits.push(tests::visit(&case.json, &photo, SystemTime::now().into(), "done_citizen_agrees"));
        }
        let [first, second] = &visits[..] else { bail!("two sisters") };
        self.step(pair, validator, [first, second]).await?;
        self.both(pair, CITIZEN, &json!({ "rate": { "stars": 1 + round.seed % 5 } })).await?;
        self.both(pair, CITIZEN, &json!({ "reopen": { "reason": "আবার খারাপ হয়েছে" } })).await
    }

    /// Rejected, appealed, upheld.
    async fn turned_away(&mut self, pair: &[Sister; 2]) -> Result<()> {
        let reject = json!({ "reject": { "ground": "before_court", "reason": "আদালতে বিচারাধীন" } });
        self.both(pair, "analyst", &reject).await?;
        self.both(pair, CITIZEN, &json!({ "appeal": { "reason": "আদালতে নেই" } })).await?;
        let order = json!({ "upheld": true, "found": "মামলা নেই", "reason": "নথি দেখা হয়েছে", "ordered": "কাজ শুরু হোক" });
        self.both(pair, "appellate", &json!({ "decide_appeal": order })).await
    }

    /// Asked, answered, withdrawn.
    async fn asked_back(&mut self, pair: &[Sister; 2]) -> Result<()> {
        self.both(pair, "analyst", &json!({ "request_information": { "missing": "কোন পাড়া?" } })).await?;
        self.both(pair, CITIZEN, &json!({ "provide_information": { "text": "পূর্বপাড়া" } })).await?;
        let urgent = json!({ "set_emergency": { "lane": "emergency24", "reason": "দূষিত জল" } });
        self.both(pair, "analyst", &urgent).await?;
        self.both(pair, CITIZEN, &json!({ "withdraw": { "reason": "আর দরকার নেই" } })).await
    }

    /// Leads a case to verification.
    async fn until_verification(&self, sister: &Sister) -> Result<()> {
        let categorise =
            json!({ "categorise": { "category": "water.tubewell", "department": "PHE", "lane": "ordinary" } });
        let steps = [
            ("analyst", categorise),
            ("nodal.phe", json!({ "forward": { "office": self.office } })),
            (STAFF[2], json!({ "record_contact": { "means": "phone", "text": "ফোনে কথা হয়েছে, জল নেই।" } })),
            (STAFF[2], done(REPORT, None)),
            ("nodal.phe", json!({ "accept_atr": {} })),
        ];
        for (who, action) in steps {
            let answer = self.person(who, sister)?.act(&sister.reference, &action, &tests::key()).await?;
            ensure!(answer.status == 200, "{who}: {action}: {} {}", answer.status, answer.text);
        }
        Ok(())
    }
}

/// Readings by staff, sixteen at once.
async fn readings(findings: &mut Findings, stage: &Stage<'_>, pair: &[Sister; 2]) -> Result<()> {
    let sister = &pair[0];
    let case: i64 = sister.reference.parse()?;
    let data = &stage.server.data;
    let sql = format!("SELECT count(*) FROM reading WHERE reference = {case} AND what = 'number'");
    let before = number(data, &sql)?;
    let path = format!("/api/grievances/{}/reveal", sister.reference);
    // By now the nodal officer has it again.
    let nodal = stage.person("nodal.phe", sister)?;
    let reveals = Burst::of(|_| {
        let (person, path) = (nodal.clone(), path.clone());
        async move { person.post(&path, &json!({ "reason": "ফোন করতে হবে" }), &[]).await }
    })
    .await;
    let effects = number(data, &sql)? - before;
    let good = i64::try_from(reveals.count(200))?;
    let figure = format!("{}, {effects} on record", reveals.figure());
    findings.ask("a number shown 16 times", "each is on record", figure, reveals.is_clean() && effects == good);

    let caller = stage.person("caller", sister)?;
    let next = Burst::of(|_| {
        let caller = caller.clone();
        async move { caller.post("/api/calls/next", &Value::Null, &[]).await }
    })
    .await;
    let cases: std::collections::BTreeSet<String> =
        next.answers.iter().map(|answer| answer.json["case"]["line"]["reference"].to_string()).collect();
    let held = next.is_clean() && next.count(200) == AT_ONCE && cases.len() == 1;
    findings.ask(
        "the next call, asked 16 times",
        "one case",
        format!("{}, {} cases", next.figure(), cases.len()),
        held,
    );

    let intake = Person::staff(&stage.server.base, "telecaller").await?;
    let callers = Burst::of(|_| {
        let (intake, mobile) = (intake.clone(), sister.mobile.clone());
        async move { intake.post("/api/callers", &json!({ "mobile": mobile }), &[]).await }
    })
    .await;
    let held = callers.is_clean() && callers.count(200) == AT_ONCE;
    findings.ask("earlier grievances, asked 16 times", "each 200", callers.figure(), held);
    Ok(())
}
