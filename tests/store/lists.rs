//! Lists of cases, attachments, messages, readings, proofs, facts.

use super::{CITIZEN, Engine, lodged, now, withdrawn, witness};
use chrono::Duration;
use model::lifecycle::{Action, Case, Offer, Party, Setting, Stage, decide};
use model::message::Template;
use model::wire::Due;
use model::{Actor, AttachmentId, Language, Lgd, Mobile, OfficeId, Reference, Role, Rules, Scope, StaffId, Time};
use server::ledger::Head;
use server::ledger::PublishedHead;
use server::store::{
    Acts, Append, Attachment, Changed, Counts, Idempotency, Life, MessageState, NewMessage, PackedLife, QueueFilter,
    Reading, ReadingFilter, ReadingOf, Share, Witness,
};
use std::sync::Mutex;

fn desk() -> QueueFilter {
    QueueFilter {
        stages: vec![Stage::Registered],
        party: None,
        district: None,
        visit_due: false,
        or_disowned: false,
        in_stage_before: None,
        due: None,
        except: None,
    }
}

/// A case that is due after so many days.
fn due_in(payload: u64, days: i64) -> Append {
    let append = lodged(payload).0;
    Append { due: Some(now() + Duration::days(days)), next_deadline: Some(now() + Duration::days(days)), ..append }
}

pub async fn what_an_office_has_or_may_get_back_is_counted(engine: Engine) {
    let store = engine.open();
    let (office, party) = (OfficeId::new(7), |office| Party { department: "PHE".into(), office: Some(office) });
    let stages = [Stage::WithOffice, Stage::Verification, Stage::Merged, Stage::Redressed, Stage::Withdrawn];
    for (payload, stage) in (1..).zip(stages) {
        let mut append = lodged(payload).0;
        (append.case.stage, append.case.office) = (stage, Some(office));
        store.append(append).await.expect("appended");
    }
    let mut offered = lodged(9).0;
    offered.case.offered = Some(Offer { to: party(office), at: now() });
    store.append(offered).await.expect("appended");
    assert_eq!(store.cases_at(office).await.expect("counted"), 4, "three, and one that is offered");
    assert_eq!(store.cases_at(OfficeId::new(8)).await.expect("counted"), 0);
}

pub async fn what_is_searched_is_what_is_stored_now(engine: Engine) {
    let store = engine.open();
    for payload in 1..=3 {
        store.append(lodged(payload).0).await.expect("appended");
    }
    let reference = |payload| lodged(payload).0.case.reference;
    let found = store.searchable(&[reference(3), reference(9), reference(1)]).await.expect("read");
    let references: Vec<_> = found.iter().map(|found| found.reference).collect();
    assert_eq!(references, [reference(3), reference(1)], "in the order asked for, without those that do not exist");
    assert_eq!((found[0].text.as_str(), found[0].name.as_str()), ("টিউবওয়েল খারাপ।", ""));
    assert_eq!(
        found[0].mobile.as_ref().map(Mobile::as_str),
        store.mobile_of(CITIZEN).await.expect("read").as_ref().map(Mobile::as_str)
    );
    let records = store.chains().await.expect("the chains").records.seq;
    assert_eq!(store.erased_since(records, 9).await.expect("read").len(), 0);
    store.erase(reference(1), now()).await.expect("erased");
    let erased = store.erased_since(records, 9).await.expect("read");
    let (record, changed) = &erased[0];
    assert_eq!((erased.len(), changed.case.reference, changed.ordinal), (1, reference(1), 1));
    assert_eq!(store.erased_since(*record, 9).await.expect("read").len(), 0);
    assert_eq!(store.searchable(&[reference(1)]).await.expect("read")[0].text, "");
}

pub async fn a_worklist_shows_the_most_urgent_first_page_by_page(engine: Engine) {
    let store = engine.open();
    for (payload, days) in [(1, 9), (2, 3), (3, -1), (4, 3), (5, 40)] {
        store.append(due_in(payload, days)).await.expect("appended");
    }
    let gone = lodged(2).0.case;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = store.queue(&desk(), &cursor, 2, now()).await.expect("a page");
        seen.extend(page.rows.iter().map(|row| row.due.expect("a day")));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(seen, [-1, 3, 3, 9, 40].map(|days| now() + Duration::days(days)));
    let counts = store.queue_counts(&desk(), now()).await.expect("counts");
    assert_eq!((counts.by_due, counts.oldest), ([1, 0, 2, 2], Some(now())));
    let over = QueueFilter { due: Some(Due::Over), ..desk() };
    assert_eq!(store.queue(&over, "", 9, now()).await.expect("a page").rows.len(), 1);
    let elsewhere = QueueFilter { district: Some(Lgd::new(1)), ..desk() };
    assert_eq!(store.queue(&elsewhere, "", 9, now()).await.expect("a page").rows.len(), 0);
    let line = store.queue(&over, "", 9, now()).await.expect("a page").rows.remove(0);
    assert_eq!((line.title.as_str(), line.language), ("টিউবওয়েল খারাপ", Language::Bengali));
    let desks = store.desks(now()).await.expect("desks");
    assert_eq!(
        desks.iter().map(|desk| (desk.stage, desk.open, desk.overdue)).collect::<Vec<_>>(),
        [(Stage::Registered, 5, 1)]
    );
    let late = store.deadlines(now(), 9).await.expect("cases");
    assert_eq!(late.iter().map(|case| case.reference).collect::<Vec<_>>(), [lodged(3).0.case.reference]);
    store.put_deadline(late[0].reference, late[0].version, now() + Duration::days(1)).await.expect("put off");
    assert!(store.deadlines(now(), 9).await.expect("cases").is_empty());
    store.append(withdrawn(&gone)).await.expect("withdrawn");
    assert_eq!(store.queue(&desk(), "", 9, now()).await.expect("a page").rows.len(), 4, "what is closed is on no list");
    let lines = store.lines(&[gone.reference, model::Reference::from_payload(99)]).await.expect("lines");
    assert_eq!(lines.iter().map(|line| line.stage).collect::<Vec<_>>(), [Stage::Withdrawn]);
    assert_eq!(
        store.references(&[3, 1, 99]).await.expect("numbers"),
        [3, 1].map(|payload| lodged(payload).0.case.reference)
    );
    assert!(store.followers(gone.reference).await.expect("cases").is_empty());
    assert!(store.worded("water.tubewell", Lgd::new(307), None, 9).await.expect("cases").is_empty());
    assert_eq!(store.last_entry().await.expect("read"), Some(now()));
}

pub fn text() -> NewMessage {
    NewMessage {
        reference: None,
        to: Mobile::parse("9830012345").expect("a number"),
        template: model::names::code_of(&Template::Lodged).into(),
        registered_id: "1".into(),
        language: Language::Bengali,
        body: "জমা হয়েছে।".into(),
        expires: None,
        asked_for: false,
    }
}

pub async fn whole_lives_are_taken_over_in_the_order_of_time(engine: Engine) {
    let store = engine.open();
    let lives: Vec<Life> = (1..=30)
        .map(|payload| {
            let lodging = lodged(payload).0;
            let told = NewMessage { reference: Some(lodging.case.reference), ..text() };
            let after = withdrawn(&lodging.case);
            let mut life = Life::of(lodging.with_messages(vec![told]));
            life.then(after);
            life
        })
        .collect();
    assert_eq!(store.import(PackedLife::all(lives).expect("packed")).await.expect("taken over"), 60);
    assert_eq!(store.cases_of(CITIZEN).await.expect("cases").len(), 30);
    let told = store.messages(100).await.expect("messages");
    assert!(told.len() == 30 && told.iter().all(|message| message.state == MessageState::Sent), "{told:?}");
    assert!(store.lease(Share::All, now(), now(), 9).await.expect("leased").is_empty(), "nothing waits");
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
    // The hash of any entry can be computed, also between the stored ones.
    let mut hashes = std::collections::BTreeSet::new();
    for seq in 0..=60 {
        hashes.insert(store.head_at(seq).await.expect("followed").expect("an entry"));
    }
    assert_eq!(hashes.len(), 61);
    assert_eq!(store.head_at(61).await.expect("followed"), None);
    assert_eq!(store.head_at(60).await.expect("followed"), Some(store.head().await.expect("a head").hash));
}

pub async fn whoever_lodges_for_thousands_has_all_of_them(engine: Engine) {
    let store = engine.open();
    store.append(lodged(1).0).await.expect("appended");
    engine
        .run(
            "INSERT INTO grievance
             WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10002)
             SELECT n.i, 1000000 + n.i, lodged_seq, n.i, version, stage, lane, holder, citizen, district, place, category,
                 department, office, offered_department, offered_office, root, visit_due, disowned, shielded, disputes,
                 lodged_at, stage_since, due, next_deadline, packed FROM grievance CROSS JOIN n",
        )
        .expect("as if lodged");
    assert_eq!(store.cases_of(CITIZEN).await.expect("cases").len(), 10_002);
}

pub async fn what_photos_look_like_is_read_in_order_and_goes_with_them(engine: Engine) {
    let store = engine.open();
    let photo = |id: &str, prints: &[u8]| Attachment {
        id: id.into(),
        width: 4,
        height: 3,
        media: "image/jpeg".into(),
        prints: prints.to_vec(),
        ..Attachment::default()
    };
    store.put_attachment(&photo("first", b"one"), now()).await.expect("kept");
    store.put_attachment(&photo("blank", b""), now()).await.expect("kept");
    store.put_attachment(&Attachment { id: "later".into(), ..Attachment::default() }, now()).await.expect("announced");
    assert!(store.attachment_came(&photo("later", b"two"), now()).await.expect("came"));
    assert!(store.attachment_came(&photo("later", b"two"), now()).await.expect("came twice"));
    let all = store.prints(0, 10).await.expect("read");
    let seen: Vec<_> = all.iter().map(|print| (print.photo.as_str(), &print.prints[..])).collect();
    assert_eq!(seen, [("first", &b"one"[..]), ("later", b"two")]);
    assert_eq!(store.prints(0, 1).await.expect("read"), all[..1]);
    assert_eq!(store.prints(all[0].seq, 10).await.expect("read"), all[1..]);
    store.forget_attachments(now() + Duration::days(1), now(), now()).await.expect("forgotten");
    assert_eq!(store.prints(0, 10).await.expect("read"), []);
}

pub async fn attachments_belong_to_one_case_or_are_forgotten(engine: Engine) {
    let store = engine.open();
    let new =
        |id: &str| Attachment { id: id.into(), media: "image/jpeg".into(), length: 1_000, ..Attachment::default() };
    for id in ["here", "never", "old"] {
        store.put_attachment(&new(id), now()).await.expect("announced");
    }
    let (before, after) = (now() - Duration::minutes(1), now() + Duration::minutes(1));
    assert_eq!(store.unnamed_bytes(before).await.expect("read"), 3_000, "as announced");
    assert_eq!(store.unnamed_bytes(after).await.expect("read"), 0, "an announcement is not believed for ever");
    assert_eq!(store.unfinished(before).await.expect("read"), Vec::<AttachmentId>::new());
    assert_eq!(store.unfinished(after).await.expect("read").len(), 3);
    let here = Attachment { width: 4, height: 3, digest: Some([1; 32]), ..new("here") };
    assert!(store.attachment_came(&here, now()).await.expect("came"));
    assert!(!store.attachment_came(&Attachment { id: "unknown".into(), ..here.clone() }, now()).await.expect("asked"));
    assert_eq!(
        store.undigested().await.expect("read"),
        std::slice::from_ref(&here),
        "its stored file has no digest yet"
    );
    assert_eq!(store.unnamed_bytes(after).await.expect("read"), 1_000, "what is here counts");
    assert_eq!(store.unfinished(after).await.expect("read").len(), 2);
    let here = Attachment { stored: Some([2; 32]), ..here };
    assert!(store.attachment_came(&here, now()).await.expect("came"));
    assert_eq!(store.attachment("here").await.expect("read"), Some(here));
    let mut append = lodged(1).0;
    let reference = append.case.reference;
    append.attachments = vec![AttachmentId::from("here")];
    store.append(append).await.expect("appended");
    assert_eq!(store.attachments_of(reference).await.expect("read").len(), 1);
    store.forget_attachment("never").await.expect("forgotten");
    assert_eq!(store.attachment("never").await.expect("read"), None);
    let later = now() + Duration::days(2);
    let gone = store.forget_attachments(now() - Duration::days(30), now() + Duration::hours(1), later).await;
    assert_eq!(gone.expect("swept"), [AttachmentId::from("old")], "what a case names stays");
}

pub async fn acts_of_staff_are_found_page_by_page_in_the_order_of_time(engine: Engine) {
    let store = engine.open();
    let analyst = Actor::of_staff(StaffId::new(9), Role::OperationalAnalyst, Scope::State);
    for payload in 1..=6 {
        let (append, _) = lodged(payload);
        let mut case = append.case.clone();
        store.append(append).await.expect("appended");
        if payload <= 5 {
            let rules = Rules::default();
            let note = Action::Note { text: "খোঁজ নেওয়া হল।".into(), side: None };
            let events = decide(&case, &analyst, note, &Setting::new(&rules, now())).expect("noted");
            events.iter().for_each(|event| case.apply(event));
            store.append(Append::of(case, events, &rules)).await.expect("appended");
        }
    }
    let mut filter = ReadingFilter {
        staff: Some(StaffId::new(9)),
        case: None,
        department: None,
        office: None,
        what: None,
        from: Some(now()),
        before: now() + Duration::seconds(1),
        after: None,
    };
    let cases = |acts: &Acts| acts.rows.iter().filter_map(|row| row.case).collect::<Vec<_>>();
    let of = |payloads: &[u64]| payloads.iter().map(|payload| Reference::from_payload(*payload)).collect::<Vec<_>>();
    let first = store.acts(&filter, 2, 99).await.expect("acts");
    assert_eq!((cases(&first), first.rows[0].what.code()), (of(&[5, 4]), "noted_for"));
    let after = |acts: &Acts| acts.next.map(|(at, seq)| (at.timestamp_millis(), seq));
    filter.after = after(&first);
    let second = store.acts(&filter, 9, 2).await.expect("acts");
    assert_eq!(cases(&second), of(&[3]), "two entries were looked through");
    filter.after = after(&second);
    let last = store.acts(&filter, 9, 99).await.expect("acts");
    assert_eq!((cases(&last), last.next), (of(&[2, 1]), None));
    filter.after = None;
    for none in [
        ReadingFilter { staff: Some(StaffId::new(8)), ..filter.clone() },
        ReadingFilter { from: Some(now() + Duration::milliseconds(1)), ..filter.clone() },
        ReadingFilter { before: now(), from: None, ..filter.clone() },
        ReadingFilter { department: Some("PHE".into()), ..filter.clone() },
        ReadingFilter { case: Some(Reference::from_payload(6)), ..filter.clone() },
    ] {
        assert_eq!(store.acts(&none, 9, 99).await.expect("acts"), Acts::default(), "{none:?}");
    }
    let one = ReadingFilter { case: Some(Reference::from_payload(3)), ..filter };
    assert_eq!(cases(&store.acts(&one, 9, 99).await.expect("acts")), of(&[3]));
}

pub async fn a_message_that_never_changed_is_its_own_record(engine: Engine) {
    let store = engine.open();
    let lives = (1..=100).map(|payload| {
        let lodging = lodged(payload).0;
        let body = format!("{payload} জমা হয়েছে।");
        let told = NewMessage { reference: Some(lodging.case.reference), body, ..text() };
        Life::of(lodging.with_messages(vec![told]))
    });
    store.import(PackedLife::all(lives.collect()).expect("packed")).await.expect("taken over");
    let faults = || async { store.verify(witness()).await.expect("an audit").faults };
    assert_eq!(faults().await, Vec::<String>::new());
    // A message cannot be all NULL, so this fails where one has a record apart, other than those that keep the chain's hash.
    let apart = "INSERT INTO outbox (id) SELECT NULL FROM record WHERE kind = 6 AND hash IS NULL";
    assert!(engine.run(apart).is_ok(), "a message has a record apart");
    let (within, after) =
        ("a record between 1 and 64 does not fit the chain: a message between 1 and", "otherwise at 101");
    for (change, back, said) in [
        ("packed = (SELECT packed FROM other)", "packed = (SELECT packed FROM aside)", within),
        ("created = created + 1", "created = created - 1", within),
        ("recipient = recipient + 1", "recipient = recipient - 1", within),
        ("record = record + 1", "record = record - 1", within),
        ("record = record + 100", "record = record - 100", within),
        ("record = NULL", "record = (SELECT record FROM aside)", "message 5 was never recorded"),
    ] {
        engine.run("CREATE TABLE aside AS SELECT * FROM outbox WHERE id = 5").expect("a copy");
        engine.run("CREATE TABLE other AS SELECT * FROM outbox WHERE id = 6").expect("a copy");
        engine.run(&format!("UPDATE outbox SET {change} WHERE id = 5")).expect(change);
        let found = faults().await;
        assert!(found.iter().any(|fault| fault.contains(said)), "{change}: {found:?}");
        engine.run(&format!("UPDATE outbox SET {back} WHERE id = 5")).expect(back);
        engine.run("DROP TABLE aside; DROP TABLE other").expect("as before");
        assert_eq!(faults().await, Vec::<String>::new(), "{back}");
    }
    for (id, said) in [(5, within), (100, after)] {
        engine.run(&format!("CREATE TABLE aside AS SELECT * FROM outbox WHERE id = {id}")).expect("a copy");
        engine.run(&format!("DELETE FROM outbox WHERE id = {id}")).expect("deleted");
        let found = faults().await;
        assert!(found.iter().any(|fault| fault.contains(said)), "{id}: {found:?}");
        engine.run("INSERT INTO outbox SELECT * FROM aside; DROP TABLE aside").expect("as before");
    }
    assert_eq!(faults().await, Vec::<String>::new());
}

pub async fn messages_go_out_in_order_unless_they_became_untrue(engine: Engine) {
    let store = engine.open();
    let (append, _) = lodged(1);
    let case = append.case.clone();
    let mobile = Mobile::parse("9830012345").expect("a number");
    let message = |template: Template, body: &str| NewMessage {
        reference: Some(case.reference),
        to: mobile.clone(),
        template: model::names::code_of(&template).into(),
        registered_id: "1".into(),
        language: Language::Bengali,
        body: body.into(),
        expires: None,
        asked_for: false,
    };
    let lodging = message(Template::Lodged, "https://x/l/secret");
    store.append(append.with_messages(vec![lodging, message(Template::Reported, "2")])).await.expect("appended");
    store.put_message(NewMessage { reference: None, ..message(Template::Code, "3") }, now()).await.expect("put");
    let later = now() + Duration::minutes(1);
    let bodies =
        |leased: &[server::store::Message]| -> Vec<String> { leased.iter().map(|one| one.body.clone()).collect() };
    let leased = store.lease(Share::All, now(), later, 9).await.expect("leased");
    assert_eq!(bodies(&leased), ["3", "https://x/l/secret"], "a code first, and of a case one after the other");
    assert!(store.lease(Share::All, now(), later, 9).await.expect("leased").is_empty(), "they are being sent");
    for sent in &leased {
        assert!(store.still_holds(sent.id, now()).await.expect("asked"));
        store.message_sent(sent.id, now(), true).await.expect("written down");
    }
    let all = store.messages(9).await.expect("messages");
    assert_eq!(bodies(&all), ["", "2", "https://x/l/…"], "what opens something is forgotten");
    assert_eq!(store.oldest_waiting().await.expect("asked"), Some(now()));
    let question = store.lease(Share::Others, now(), later, 9).await.expect("leased").remove(0);
    assert!(!store.still_holds(question.id, now()).await.expect("asked"), "nobody is asked about what is not reported");
    assert_eq!(store.messages_to(&mobile, None, 2).await.expect("messages")[1].state, MessageState::Recalled);
    let about = store.messages_to(&mobile, Some(case.reference), 9).await.expect("messages");
    assert_eq!(bodies(&about), ["2", "https://x/l/…"], "no code");
    let questions = store.questions_to(&mobile).await.expect("asked");
    let told: Vec<_> = questions.iter().map(|asked| (asked.reference, asked.body.as_str(), asked.sent)).collect();
    assert_eq!(told, [(case.reference, "2", None)], "the question that was never sent");
    assert!(store.was_told(&mobile, Template::Lodged, now() - Duration::hours(1)).await.expect("asked"));
    assert!(!store.was_told(&mobile, Template::Lodged, now() + Duration::hours(1)).await.expect("asked"));
    store.silence(&mobile, true, now()).await.expect("silenced");
    store.put_message(message(Template::Redressed, "4"), now()).await.expect("put");
    assert_eq!(store.messages(1).await.expect("messages")[0].state, MessageState::Silenced);
    store.silence(&mobile, false, now()).await.expect("heard again");
    store.put_message(message(Template::Redressed, "5"), now()).await.expect("put");
    let last = store.lease(Share::Others, now(), later, 9).await.expect("leased").remove(0);
    store.message_failed(last.id, "busy", Some(later)).await.expect("written down");
    store.message_failed(last.id, "gone", None).await.expect("written down");
    let newest = store.messages(1).await.expect("messages").remove(0);
    assert_eq!((newest.state, newest.error.as_deref(), newest.attempts), (MessageState::Dead, Some("gone"), 1));
    // Messages stay while the case is open, and a year longer; their deletion is recorded.
    let years = now() + Duration::days(800);
    store.sweep(years).await.expect("swept");
    assert!(store.messages(99).await.expect("messages").iter().all(|message| message.reference.is_some()));
    store.append(withdrawn(&case)).await.expect("withdrawn");
    store.sweep(years).await.expect("swept");
    assert_eq!(store.messages(99).await.expect("messages"), []);
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

/// Counts that know the cases of now. When they are first asked, somebody does something.
struct WhileAsked {
    head: Head,
    cases: u64,
    happens: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Counts for WhileAsked {
    fn seq(&self) -> u64 {
        self.head.seq
    }

    fn follow(&mut self, _: &[Changed]) {}

    fn faults(&self, ordinal: u64, _: &Case, _: Option<Time>) -> Vec<&'static str> {
        if let Some(happens) = self.happens.lock().expect("what happens").take() {
            happens();
        }
        if ordinal > self.cases { vec!["case"] } else { Vec::new() }
    }
}

pub async fn a_check_sees_one_moment_though_people_go_on_lodging(engine: Engine) {
    let store = engine.open();
    store.append(lodged(1).0).await.expect("appended");
    let (head, other) = (store.head().await.expect("a head"), store.clone());
    let lodges = move || {
        let appended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(other.append(lodged(2).0)).expect("appended");
        });
        appended.join().expect("lodged");
    };
    let counts = WhileAsked { head, cases: 1, happens: Mutex::new(Some(Box::new(lodges))) };
    let counts: Box<dyn Counts> = Box::new(counts);
    let audit = store.verify(Witness { counts: Some(Mutex::new((counts, head.hash))), ..witness() }).await;
    let audit = audit.expect("an audit");
    assert_eq!((audit.cases, audit.faults), (1, Vec::new()));
    assert_eq!(store.head().await.expect("a head").seq, head.seq + 1, "somebody has lodged meanwhile");
    let later = store.verify(witness()).await.expect("an audit");
    assert_eq!((later.cases, later.faults), (2, Vec::new()));
}

pub async fn a_deadline_that_is_put_off_for_a_while_is_no_fault_and_one_that_is_hidden_is(engine: Engine) {
    let store = engine.open();
    let late = due_in(1, 0);
    let (of, version) = (late.case.reference, late.case.version);
    let rules = Rules::default();
    let (due, expected) = (late.case.due(&rules), late.case.next_deadline(&rules).expect("a deadline"));
    store.append(Append { due, next_deadline: Some(expected), ..late }).await.expect("appended");
    let faults = async || store.verify(witness()).await.expect("an audit").faults;
    assert_eq!(faults().await, Vec::<String>::new());
    let seen = expected + Duration::minutes(1);
    store.put_deadline(of, version, seen + Duration::hours(1)).await.expect("put off");
    assert_eq!(faults().await.len(), 1, "nobody was there when it was due");
    store.ping(seen).await.expect("seen");
    assert_eq!(faults().await, Vec::<String>::new());
    store.put_deadline(of, version, seen + Duration::hours(3)).await.expect("hidden");
    assert_eq!(faults().await.len(), 1);
    store.put_deadline(of, version, expected - Duration::hours(1)).await.expect("sooner");
    assert_eq!(faults().await.len(), 1);
}

pub async fn readings_heads_and_facts_are_kept(engine: Engine) {
    let store = engine.open();
    let (append, _) = lodged(1);
    let reference = append.case.reference;
    store.append(append).await.expect("appended");
    store.append(lodged(2).0).await.expect("appended");
    let reading = |what| Reading {
        at: now(),
        actor: Actor::of_staff(StaffId::new(4), Role::OperationalAnalyst, Scope::State),
        what,
        reference: Some(reference),
        person: None,
        cases: 1,
        reason: None,
    };
    assert!(!store.was_revealed(reference, StaffId::new(4), now()).await.expect("asked"));
    for what in [ReadingOf::Case, ReadingOf::Number] {
        store.record_reading(reading(what)).await.expect("written down");
    }
    assert!(store.was_revealed(reference, StaffId::new(4), now()).await.expect("asked"));
    let access = store.access(reference).await.expect("read");
    assert_eq!(access.iter().map(|line| line.revealed).collect::<Vec<_>>(), [true, false], "newest first");
    let mut filter = ReadingFilter {
        staff: Some(StaffId::new(4)),
        case: Some(reference),
        department: None,
        office: None,
        what: None,
        from: Some(now()),
        before: now() + Duration::milliseconds(1),
        after: None,
    };
    let listed = store.readings(&filter, 9).await.expect("read");
    assert_eq!(listed.iter().map(|line| line.what.code()).collect::<Vec<_>>(), ["number", "case"]);
    assert_eq!((listed[0].case, listed[0].count, listed[0].role), (Some(reference), 1, Role::OperationalAnalyst));
    assert_eq!(store.readings(&filter, 1).await.expect("read"), listed[..1]);
    filter.after = Some((listed[0].at.timestamp_millis(), listed[0].seq));
    assert_eq!(store.readings(&filter, 9).await.expect("read"), listed[1..]);
    let none = [
        ReadingFilter { staff: Some(StaffId::new(5)), after: None, ..filter.clone() },
        ReadingFilter { case: Some(Reference::from_payload(2)), after: None, ..filter.clone() },
        ReadingFilter { department: Some("PHE".into()), after: None, ..filter.clone() },
        ReadingFilter { office: Some(("PHE".into(), OfficeId::new(7))), after: None, ..filter.clone() },
        ReadingFilter { what: Some(ReadingOf::Photo), after: None, ..filter.clone() },
        ReadingFilter { from: Some(now() + Duration::milliseconds(1)), after: None, ..filter.clone() },
        ReadingFilter { before: now(), from: None, after: None, ..filter.clone() },
    ];
    for filter in none {
        assert_eq!(store.readings(&filter, 9).await.expect("read"), [], "{filter:?}");
    }
    assert!(store.trail(reference).await.expect("read").expect("a trail").head.is_none());
    let head = PublishedHead {
        head: Head { seq: 2, hash: store.head().await.expect("a head").hash },
        at: 5,
        signature: vec![1; 64],
        chains: Some(store.chains().await.expect("chains")),
        chains_signature: vec![2; 64],
    };
    store.put_head(&head).await.expect("published");
    store.put_head(&head).await.expect("published again, which changes nothing");
    assert_eq!(store.heads(9).await.expect("read"), std::slice::from_ref(&head));
    let trail = store.trail(reference).await.expect("read").expect("a trail");
    assert_eq!((trail.seq, trail.after.len(), trail.head), (1, 1, Some(head)));
    assert!(trail.statement.contains("টিউবওয়েল"));
    assert_eq!(store.fact("seen").await.expect("read"), None);
    store.ping(now()).await.expect("written");
    assert_eq!(store.fact("seen").await.expect("read").map(|value| value.len()), Some(8));
    store.put_fact("seen", vec![1]).await.expect("written");
    assert_eq!(store.fact("seen").await.expect("read"), Some(vec![1]));
    store.forget_fact("seen").await.expect("forgotten");
    assert_eq!(store.fact("seen").await.expect("read"), None);
    let once = Idempotency { key: [1; 32], fingerprint: [2; 32], response: "{}".into() };
    assert_eq!(store.repeated(&once).await.expect("asked"), None);
    store.remember(&once, now()).await.expect("remembered");
    assert_eq!(store.repeated(&once).await.expect("asked"), Some("{}".into()));
    let later = now() + Duration::days(61);
    let of = async |what: &str| {
        let over = store.over(later).await.expect("counted");
        over.into_iter().find(|kind| kind.what.contains(what)).expect("a kind").over
    };
    assert_eq!(of("repeated").await, 1);
    store.sweep(later).await.expect("swept");
    assert_eq!(of("repeated").await, 0);
    assert_eq!(store.repeated(&once).await.expect("asked"), None);
    assert_eq!(store.damage().await.expect("looked"), None);
    store.checkpoint(false).await.expect("moved");
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
    engine.run("UPDATE reading SET cases = 2").expect_err("readings stay");
}

/// Each method of the store has a test here.
#[test]
fn the_contract_covers_every_method() {
    let root = tests::root();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a file");
    let declared = read("src/server/store/contract.rs");
    let called: String = ["tests/store.rs", "tests/store/people.rs", "tests/store/lists.rs"].map(read).concat();
    let methods: Vec<&str> = declared.split("fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    assert!(methods.len() > 70, "{} methods", methods.len());
    // On a store: something else may have a method of the same name.
    let is_tried = |method: &&str| {
        ["store", "first", "again", "other"].iter().any(|on| called.contains(&format!("{on}.{method}(")))
    };
    let untried: Vec<&str> = methods.into_iter().filter(|method| !is_tried(method)).collect();
    assert_eq!(untried, Vec::<&str>::new());
}
