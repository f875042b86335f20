//! The contract of a store, run on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "store/lists.rs"]
mod lists;
#[path = "store/older.rs"]
mod older;
#[path = "store/people.rs"]
mod people;

use model::lifecycle::{Action, Case, Channel, Details, Event, Gender, Lodged, Setting, Statement, decide, lodge};
use model::{Actor, Language, Mobile, PersonId, Reference, Rules, Time};
use server::store::{
    Append, Appended, Attachment, Changed, Idempotency, NewMessage, Store, StoreError, Witness, postgres, sqlite,
};
use std::collections::HashSet;
use std::sync::Arc;

fn now() -> Time {
    "2026-11-02T04:30:00Z".parse().expect("a moment")
}

/// An empty database of one engine.
enum Engine {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Engine {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    fn postgres() -> Self {
        Self::Postgres(tests::postgres::database())
    }

    fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(folder) => sqlite::open(&folder.path().join("test.db")),
            Self::Postgres(url) => postgres::open(url),
        }
        .expect("a store")
    }

    /// Executes statements without the store's knowledge.
    fn run(&self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(folder) => {
                let raw = rusqlite::Connection::open(folder.path().join("test.db")).expect("the file");
                raw.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).map_err(|error| error.to_string())
            }
            Self::Postgres(url) => tests::postgres::run(url, sql),
        }
    }

    /// Removes the triggers that protect the ledger.
    fn unguard(&self) {
        let sql = match self {
            Self::Sqlite(_) => "DROP TRIGGER event_is_not_changed; DROP TRIGGER event_is_not_deleted",
            Self::Postgres(_) => {
                "DROP TRIGGER event_stays ON event; ALTER TABLE document DROP CONSTRAINT document_seq_fkey"
            }
        };
        self.run(sql).expect("no triggers");
    }

    /// Lets the database itself refuse every request that is answered with this.
    fn refuse(&self, response: &str) {
        let sql = match self {
            Self::Sqlite(_) => format!(
                "CREATE TRIGGER refused BEFORE INSERT ON idempotency WHEN new.response = '{response}'
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            ),
            Self::Postgres(_) => {
                format!("ALTER TABLE idempotency ADD CONSTRAINT refused CHECK (response <> '{response}')")
            }
        };
        self.run(&sql).expect("a constraint");
    }

    fn refuse_no_more(&self) {
        self.run(match self {
            Self::Sqlite(_) => "DROP TRIGGER refused",
            Self::Postgres(_) => "ALTER TABLE idempotency DROP CONSTRAINT refused",
        })
        .expect("no constraint");
    }

    /// A literal for bytes, as the engine writes it.
    fn bytes(&self, hex: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{hex}'"),
            Self::Postgres(_) => format!("decode('{hex}', 'hex')"),
        }
    }
}

/// Runs each test on both engines.
macro_rules! on_every_engine {
    ($($name:path as $test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $test() { $name(super::Engine::sqlite()).await; })*
        }
        mod on_postgres {
            $(#[tokio::test] async fn $test() { $name(super::Engine::postgres()).await; })*
        }
    };
}

/// Every case, in the order of lodging.
async fn all_cases(store: &dyn Store) -> Vec<Changed> {
    store.cases_after(0, 10_000).await.expect("cases")
}

fn witness() -> Witness {
    let (unreadable, missing) = (Vec::new(), HashSet::new());
    Witness {
        rules: Rules::default(),
        secret: None,
        attachments: None,
        written: None,
        unreadable,
        missing,
        counts: None,
    }
}

const CITIZEN: PersonId = PersonId::new(7);

fn lodged(payload: u64) -> (Append, Event) {
    let lodged = Lodged {
        reference: Reference::from_payload(payload),
        citizen: CITIZEN,
        number_verified: false,
        channel: Channel::Web,
        language: Language::Bengali,
        gender: Gender::Unstated,
        category: None,
        district: None,
        place: None,
        urban: None,
        photos: vec![],
        details: Details::default(),
        statement: Statement::new("টিউবওয়েল খারাপ।".into(), model::Language::Bengali),
    };
    let event = lodge(lodged, &Actor::citizen(CITIZEN), &Rules::default(), now()).expect("lodged");
    let case = Case::open(&event).expect("a case");
    let mobile = Mobile::parse("9830012345").expect("a number");
    let append = Append::of(case, vec![event.clone()], &Rules::default()).of_new(mobile);
    (append, event)
}

fn withdrawn(case: &Case) -> Append {
    let rules = Rules::default();
    let setting = Setting::new(&rules, now());
    let events = decide(case, &Actor::citizen(CITIZEN), Action::Withdraw { reason: String::new() }, &setting)
        .expect("withdrawn");
    let mut after = case.clone();
    events.iter().for_each(|event| after.apply(event));
    Append::of(after, events, &rules)
}

async fn what_is_appended_is_read_back_and_told_to_views_in_order(engine: Engine) {
    let store = engine.open();
    for payload in 1..=5 {
        let (append, _) = lodged(payload);
        assert_eq!(store.append(append).await.expect("appended"), Appended::Done { seq: payload });
    }
    let (append, event) = lodged(3);
    assert_eq!(store.case(append.case.reference).await.expect("read"), Some(append.case.clone()));
    assert_eq!(store.history(append.case.reference).await.expect("read")[0].event, event);
    assert_eq!(store.cases_of(CITIZEN).await.expect("read").len(), 5);
    let seqs = |changes: Vec<Changed>| changes.iter().map(|change| change.seq).collect::<Vec<_>>();
    assert_eq!(seqs(store.changes_since(0, 10).await.expect("changes")), [1, 2, 3, 4, 5]);
    assert_eq!(seqs(store.changes_since(2, 2).await.expect("changes")), [3, 4]);
    assert_eq!(*store.bell().borrow(), 5);
    assert_eq!(store.head().await.expect("a head").seq, 5);
}

async fn a_stale_append_changes_nothing(engine: Engine) {
    let store = engine.open();
    let (append, _) = lodged(1);
    let case = append.case.clone();
    store.append(append.clone()).await.expect("appended");
    assert!(matches!(store.append(append).await, Err(StoreError::Stale { version: 1 })));
    let withdraw = withdrawn(&case);
    store.append(withdraw.clone()).await.expect("appended");
    assert!(matches!(store.append(withdraw).await, Err(StoreError::Stale { version: 2 })));
    assert_eq!(store.head().await.expect("a head").seq, 2);
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

async fn the_same_request_has_the_same_answer_and_another_is_refused(engine: Engine) {
    let store = engine.open();
    let idempotency = Idempotency { key: [1; 32], fingerprint: [2; 32], response: "\"first\"".into() };
    let (first, _) = lodged(1);
    store.append(first.once(Some(idempotency.clone()))).await.expect("appended");
    let (second, _) = lodged(2);
    let repeated = store
        .append(second.clone().once(Some(Idempotency { response: "\"second\"".into(), ..idempotency.clone() })))
        .await;
    assert_eq!(repeated.expect("repeated"), Appended::Repeated { response: "\"first\"".into() });
    let reused = store.append(second.once(Some(Idempotency { fingerprint: [3; 32], ..idempotency }))).await;
    assert!(matches!(reused, Err(StoreError::KeyReused)));
    assert_eq!(store.head().await.expect("a head").seq, 1);
}

async fn a_write_that_fails_halfway_is_taken_back_alone(engine: Engine) {
    let store = engine.open();
    let mut writes = tokio::task::JoinSet::new();
    for payload in (10..=200).step_by(10) {
        let photo = Attachment { id: format!("photo {payload}").into(), width: 1, height: 1, ..Attachment::default() };
        store.put_attachment(&photo, now()).await.expect("kept");
    }
    for payload in 1..=200 {
        let (mut append, _) = lodged(payload);
        if payload % 10 == 0 {
            // The first attachment is taken before the second is found to be missing.
            append.attachments = vec![format!("photo {payload}").into(), "no such photo".into()];
        }
        let store = store.clone();
        writes.spawn(async move { (payload, store.append(append).await) });
    }
    let mut kept = 0;
    while let Some(written) = writes.join_next().await {
        match written.expect("it ended") {
            (_, Ok(_)) => kept += 1,
            (payload, Err(error)) => {
                assert!(payload % 10 == 0 && matches!(error, StoreError::AttachmentTaken), "{error}")
            }
        }
    }
    assert_eq!(kept, 180);
    assert_eq!(store.head().await.expect("a head").seq, 180);
    let photo = store.attachment("photo 10").await.expect("read").expect("still there");
    assert_eq!(photo.reference, None, "taken back with the rest of its write");
    assert_eq!(all_cases(store.as_ref()).await.len(), 180);
    let changes = store.changes_since(0, 1_000).await.expect("changes");
    assert!(
        changes.iter().map(|change| change.seq).eq(1..=180) && changes.iter().map(|change| change.ordinal).eq(1..=180)
    );
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

/// On PostgreSQL its last statement fails while a later write reads, or at the commit.
async fn a_write_that_the_database_refuses_fails_alone_however_late_that_is_found(engine: Engine) {
    let store = engine.open();
    engine.refuse("no");
    let answered = |payload: u64, response: &str| {
        let key = [u8::try_from(payload).expect("small"); 32];
        let append = lodged(payload).0;
        // Its template may come with it, and go where it is refused.
        let message = NewMessage {
            reference: Some(append.case.reference),
            registered_id: (payload % 7).to_string(),
            ..lists::text()
        };
        let once = Idempotency { key, fingerprint: [1; 32], response: response.into() };
        append.with_messages(vec![message]).once(Some(once))
    };
    assert!(matches!(store.append(answered(201, "no")).await, Err(StoreError::Unavailable(_))), "alone in its group");
    let mut writes = tokio::task::JoinSet::new();
    for payload in 1..=200 {
        let append = answered(payload, if payload % 10 == 0 { "no" } else { "yes" });
        let store = store.clone();
        writes.spawn(async move { (payload, store.append(append).await) });
    }
    while let Some(done) = writes.join_next().await {
        let (payload, done) = done.expect("it ended");
        match done {
            Ok(Appended::Done { .. }) => assert_ne!(payload % 10, 0, "{payload} is refused"),
            Err(StoreError::Unavailable(_)) => assert_eq!(payload % 10, 0, "{payload} stands"),
            other => panic!("{payload}: {other:?}"),
        }
    }
    engine.refuse_no_more();
    assert_eq!(all_cases(store.as_ref()).await.len(), 180);
    assert_eq!(store.messages(1_000).await.expect("messages").len(), 180);
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

async fn what_a_decision_rests_on_must_still_be_so_and_what_follows_is_all_or_nothing(engine: Engine) {
    let store = engine.open();
    let (first, second) = (lodged(1).0, lodged(2).0);
    let (one, two) = (first.case.clone(), second.case.clone());
    store.append(first).await.expect("appended");
    store.append(second).await.expect("appended");
    let resting = withdrawn(&one).resting_on(Some(&two));
    store.append(withdrawn(&two)).await.expect("appended");
    assert!(matches!(store.append(resting).await, Err(StoreError::Stale { version: 2 })));
    assert!(matches!(store.append(withdrawn(&one).followed_by(1)).await, Err(StoreError::Stale { version: 1 })));
    let both = withdrawn(&one).with(vec![withdrawn(&two)]);
    assert!(matches!(store.append(both).await, Err(StoreError::Stale { version: 2 })));
    assert_eq!(store.case(one.reference).await.expect("read").map(|case| case.version), Some(1));
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

async fn the_ledger_cannot_be_changed_and_changes_behind_its_back_are_found(engine: Engine) {
    let store = engine.open();
    for payload in 1..=20 {
        let (append, _) = lodged(payload);
        store.append(append).await.expect("appended");
    }
    store.put_rules(&Rules::default(), now()).await.expect("on record");
    for sql in ["UPDATE event SET at = 0 WHERE seq = 3", "DELETE FROM event WHERE seq = 20", "DELETE FROM record"] {
        assert!(engine.run(sql).is_err(), "{sql}");
    }
    engine.unguard();
    engine.run("CREATE TABLE aside AS SELECT packed AS old FROM event WHERE seq = 4").expect("a copy");
    let words = format!("UPDATE document SET packed = {} WHERE seq = 6", engine.bytes("007b7d"));
    let commitment = format!("UPDATE event SET commitment = {} WHERE seq = 5", engine.bytes(&"00".repeat(32)));
    let tamper = [
        ("UPDATE event SET at = at + 1 WHERE seq = 3", "UPDATE event SET at = at - 1 WHERE seq = 3"),
        (
            "UPDATE event SET packed = (SELECT packed FROM event WHERE seq = 8) WHERE seq = 4",
            "UPDATE event SET packed = (SELECT old FROM aside) WHERE seq = 4",
        ),
        (commitment.as_str(), ""),
        (words.as_str(), "UPDATE document SET packed = (SELECT packed FROM document WHERE seq = 5) WHERE seq = 6"),
        ("UPDATE grievance SET stage = 7 WHERE lodged_seq = 7", "UPDATE grievance SET stage = 0 WHERE lodged_seq = 7"),
        ("UPDATE ledger_end SET cases = 21", "UPDATE ledger_end SET cases = 20"),
        ("UPDATE event SET seq = 99 WHERE seq = 10", "UPDATE event SET seq = 10 WHERE seq = 99"),
        ("UPDATE event SET earlier = 3 WHERE seq = 4", "UPDATE event SET earlier = NULL WHERE seq = 4"),
        ("DELETE FROM event WHERE seq = 20", ""),
    ];
    // Whose entries cannot all be found gets no part of a history, and no further entry.
    let cut = all_cases(store.as_ref()).await.remove(3).case;
    engine.run("UPDATE grievance SET seq = 99 WHERE lodged_seq = 4").expect("elsewhere");
    assert!(matches!(store.history(cut.reference).await, Err(StoreError::Damaged(_))));
    assert!(matches!(store.append(withdrawn(&cut)).await, Err(StoreError::Damaged(_))));
    engine.run("UPDATE grievance SET seq = 4 WHERE lodged_seq = 4").expect("as before");
    let mut lasting = store.verify(witness()).await.expect("an audit").faults.len();
    for (change, back) in tamper {
        engine.run(change).expect(change);
        let faults = store.verify(witness()).await.expect("an audit").faults.len();
        assert!(faults > lasting, "not found: {change}");
        if back.is_empty() {
            lasting = faults;
        } else {
            engine.run(back).expect(back);
        }
    }
}

async fn views_are_made_again_from_the_ledger(engine: Engine) {
    let store = engine.open();
    for payload in 1..=5 {
        let (append, _) = lodged(payload);
        let case = append.case.clone();
        store.append(append).await.expect("appended");
        if payload == 2 {
            store.append(withdrawn(&case)).await.expect("appended");
        }
    }
    let before = all_cases(store.as_ref()).await;
    let damage = format!("UPDATE grievance SET stage = 11, packed = {}", engine.bytes("00"));
    engine.run(&damage).expect("damaged");
    assert_eq!(store.rebuild(&Rules::default(), |_| {}).await.expect("rebuilt"), 5);
    assert_eq!(before, all_cases(store.as_ref()).await);
    assert_eq!(store.verify(witness()).await.expect("an audit").faults, Vec::<String>::new());
}

async fn erasing_a_persons_words_leaves_the_chain_whole(engine: Engine) {
    let store = engine.open();
    let (append, _) = lodged(1);
    store.append(append).await.expect("appended");
    engine.run("DELETE FROM document").expect("deleted");
    assert_eq!(store.verify(witness()).await.expect("an audit").faults.len(), 1, "deleted by hand");
    let (append, _) = lodged(2);
    let case = append.case.clone();
    store.append(append).await.expect("appended");
    assert_eq!(store.erase(case.reference, now()).await.expect("erased"), 1);
    assert_eq!(store.verify(witness()).await.expect("an audit").faults.len(), 1, "erased in order, on record");
}

async fn the_cube_equals_a_recount_whatever_came_in_between(engine: Engine) {
    let store = engine.open();
    for payload in 1..=50 {
        let (append, _) = lodged(payload);
        let case = append.case.clone();
        store.append(append).await.expect("appended");
        if payload % 3 == 0 {
            store.append(withdrawn(&case)).await.expect("appended");
        }
    }
    let mut followed = server::feed::cube::Cube::default();
    let mut recounted = server::feed::cube::Cube::default();
    loop {
        let page = store.changes_since(followed.seq(), 7).await.expect("changes");
        if page.is_empty() {
            break;
        }
        followed.follow(&page);
    }
    recounted.follow(&all_cases(store.as_ref()).await);
    assert_eq!(followed.len(), 50);
    assert_eq!(followed.differences(&recounted, now()), Vec::<String>::new());
}

#[tokio::test]
async fn a_store_of_an_older_program_keeps_its_messages_and_is_told_to_be_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = tests::root().join("src/server/store/sqlite");
    {
        let connection = rusqlite::Connection::open(folder.path().join("test.db")).expect("a database");
        for (version, file) in ["schema.sql", "schema2.sql", "schema3.sql"].into_iter().enumerate() {
            connection.execute_batch(&std::fs::read_to_string(root.join(file)).expect("a schema")).expect("tables");
            connection.pragma_update(None, "user_version", version as u32 + 1).expect("a version");
        }
        let row = "INSERT INTO outbox (recipient, template, registered_id, language, body, next_try, created)
                   VALUES ('9830012345', ?1, '1', 'bn', 'x', 1, 1)";
        for template in ["lodged", "code"] {
            connection.execute(row, [template]).expect("a message");
        }
    }
    let store = sqlite::open(&folder.path().join("test.db")).expect("a store");
    let leased = store.lease(server::store::Share::All, now(), now(), 10).await.expect("messages");
    let leased: Vec<&str> = leased.iter().map(|message| message.template.as_str()).collect();
    assert_eq!(leased, ["lodged"], "a code of long ago has expired");
}

on_every_engine! {
    crate::what_is_appended_is_read_back_and_told_to_views_in_order as what_is_appended_is_read_back_and_told_to_views_in_order,
    crate::a_stale_append_changes_nothing as a_stale_append_changes_nothing,
    crate::the_same_request_has_the_same_answer_and_another_is_refused as the_same_request_has_the_same_answer_and_another_is_refused,
    crate::a_write_that_fails_halfway_is_taken_back_alone as a_write_that_fails_halfway_is_taken_back_alone,
    crate::a_write_that_the_database_refuses_fails_alone_however_late_that_is_found as a_write_that_the_database_refuses_fails_alone_however_late_that_is_found,
    crate::what_a_decision_rests_on_must_still_be_so_and_what_follows_is_all_or_nothing as what_a_decision_rests_on_must_still_be_so_and_what_follows_is_all_or_nothing,
    crate::the_ledger_cannot_be_changed_and_changes_behind_its_back_are_found as the_ledger_cannot_be_changed_and_changes_behind_its_back_are_found,
    crate::views_are_made_again_from_the_ledger as views_are_made_again_from_the_ledger,
    crate::erasing_a_persons_words_leaves_the_chain_whole as erasing_a_persons_words_leaves_the_chain_whole,
    crate::the_cube_equals_a_recount_whatever_came_in_between as the_cube_equals_a_recount_whatever_came_in_between,
    crate::people::a_session_holds_until_it_is_ended as a_session_holds_until_it_is_ended,
    crate::people::a_session_has_the_role_that_its_account_has_now as a_session_has_the_role_that_its_account_has_now,
    crate::people::accounts_are_listed_by_name_and_changed_only_as_they_were_seen as accounts_are_listed_by_name_and_changed_only_as_they_were_seen,
    crate::lists::what_an_office_has_or_may_get_back_is_counted as what_an_office_has_or_may_get_back_is_counted,
    crate::people::an_absence_is_one_for_each_and_ends_with_its_last_day as an_absence_is_one_for_each_and_ends_with_its_last_day,
    crate::people::a_code_opens_once_and_bears_few_guesses as a_code_opens_once_and_bears_few_guesses,
    crate::people::failed_sign_ins_wait_and_right_ones_begin_anew as failed_sign_ins_wait_and_right_ones_begin_anew,
    crate::people::numbers_offices_and_rules_are_kept_on_record as numbers_offices_and_rules_are_kept_on_record,
    crate::people::what_is_administered_has_its_history_and_nobody_overwrites_it as what_is_administered_has_its_history_and_nobody_overwrites_it,
    crate::people::one_alone_has_a_turn_and_nobody_has_more_than_their_share as one_alone_has_a_turn_and_nobody_has_more_than_their_share,
    crate::people::a_call_is_heard_of_once_and_counted_for_its_caller as a_call_is_heard_of_once_and_counted_for_its_caller,
    crate::people::a_call_is_scored_once_by_each_and_disputed_once as a_call_is_scored_once_by_each_and_disputed_once,
    crate::people::who_rang_in_vain_waits_until_they_are_spoken_with as who_rang_in_vain_waits_until_they_are_spoken_with,
    crate::lists::a_worklist_shows_the_most_urgent_first_page_by_page as a_worklist_shows_the_most_urgent_first_page_by_page,
    crate::lists::what_is_searched_is_what_is_stored_now as what_is_searched_is_what_is_stored_now,
    crate::lists::acts_of_staff_are_found_page_by_page_in_the_order_of_time as acts_of_staff_are_found_page_by_page_in_the_order_of_time,
    crate::lists::a_message_that_never_changed_is_its_own_record as a_message_that_never_changed_is_its_own_record,
    crate::lists::whole_lives_are_taken_over_in_the_order_of_time as whole_lives_are_taken_over_in_the_order_of_time,
    crate::lists::whoever_lodges_for_thousands_has_all_of_them as whoever_lodges_for_thousands_has_all_of_them,
    crate::lists::what_photos_look_like_is_read_in_order_and_goes_with_them as what_photos_look_like_is_read_in_order_and_goes_with_them,
    crate::lists::attachments_belong_to_one_case_or_are_forgotten as attachments_belong_to_one_case_or_are_forgotten,
    crate::lists::messages_go_out_in_order_unless_they_became_untrue as messages_go_out_in_order_unless_they_became_untrue,
    crate::lists::a_check_sees_one_moment_though_people_go_on_lodging as a_check_sees_one_moment_though_people_go_on_lodging,
    crate::lists::a_deadline_that_is_put_off_for_a_while_is_no_fault_and_one_that_is_hidden_is as a_deadline_that_is_put_off_for_a_while_is_no_fault_and_one_that_is_hidden_is,
    crate::lists::readings_heads_and_facts_are_kept as readings_heads_and_facts_are_kept,
}
