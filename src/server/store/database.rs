//! A database of either engine: concurrent reads, writes through the one writer.

use super::pool::Pool;
use super::queue::Values;
use super::row::first_case;
use super::sql::params;
use super::writer::Writer;
use super::{
    Account, AccountFilter, Acts, Allowance, Append, Appended, Asker, Attachment, Audit, Calls, Changed, Code,
    CodeJudged, CodeLimits, CodeRule, Directory, Files, Heard, HeardCall, Idempotency, Ledger, LineCall, LineWork,
    Lines, Message, Missed, NewMessage, Outbox, PackedLife, People, PhoneCall, Quality, Question, QueueCounts,
    QueueFilter, QueueRows, ReadCases, ReadDirectory, ReadFiles, ReadOutbox, ReadPeople, Reading, ReadingFilter,
    Redeemed, Result, Retained, Score, ScoresOf, Searchable, Session, Setting, Share, Shared, SignInCount,
    StoredAbsence, StoredEvent, Trail, TriedCode, Upkeep, Witness, Worded, act, append, audit, chain, due_column,
    files, line, millis, number, outbox, people, person, phone, proof, quality, queue, reading, retention, setting,
    time,
};
use crate::ledger::{Chains, Hash, Head, PublishedHead};
use crate::print::StoredPrint;
use async_trait::async_trait;
use chrono::NaiveDate;
use model::lifecycle::{CallOutcome, Case, Party};
use model::message::Template;
use model::quality::CallKind;
use model::wire::{Absence, AccessLine, CaseLine, Desk, Names, Office, OwnCalls, ReadingLine, TableChange};
use model::{Actor, AttachmentId, DepartmentCode, Lgd, Mobile, OfficeId, PersonId, Reference, Rules, StaffId, Time};
use tokio::sync::watch;

/// A database.
pub struct Database {
    pool: Pool,
    writer: Writer,
    bell: watch::Receiver<u64>,
}

impl Database {
    pub(super) fn new(pool: Pool, writer: Writer, bell: watch::Receiver<u64>) -> Self {
        Self { pool, writer, bell }
    }
}

#[async_trait]
impl ReadCases for Database {
    async fn case(&self, reference: Reference) -> Result<Option<Case>> {
        self.pool.read(|connection| {
            let sql = "SELECT packed FROM grievance WHERE reference = ?1";
            connection.first(sql, params![number(reference)], first_case)
        })
    }

    async fn history(&self, reference: Reference) -> Result<Vec<StoredEvent>> {
        self.pool.read(|connection| audit::history(connection, reference))
    }

    async fn cases_of(&self, id: PersonId) -> Result<Vec<CaseLine>> {
        self.pool.scan(|connection| queue::of_person(connection, person(id)))
    }

    async fn followers(&self, root: Reference) -> Result<Vec<Case>> {
        self.pool.read(|connection| {
            connection.all("SELECT packed FROM grievance WHERE root = ?1", params![number(root)], first_case)
        })
    }

    async fn lines(&self, references: &[Reference]) -> Result<Vec<CaseLine>> {
        self.pool.read(|connection| queue::lines(connection, references))
    }

    async fn queue(&self, filter: &QueueFilter, cursor: &str, limit: u32, now: Time) -> Result<QueueRows> {
        self.pool.scan(|connection| queue::page(connection, filter, cursor, limit, now))
    }

    async fn queue_counts(&self, filter: &QueueFilter, now: Time) -> Result<QueueCounts> {
        self.pool.scan(|connection| queue::counts(connection, filter, now))
    }

    async fn desks(&self, now: Time) -> Result<Vec<Desk>> {
        self.pool.scan(|connection| queue::desks(connection, now))
    }

    async fn cases_at(&self, office: OfficeId) -> Result<u64> {
        self.pool.scan(|connection| queue::cases_at(connection, office))
    }

    async fn deadlines(&self, now: Time, limit: u32) -> Result<Vec<Case>> {
        self.pool.read(|connection| {
            let sql = "SELECT packed FROM grievance WHERE next_deadline <= ?1 ORDER BY next_deadline LIMIT ?2";
            connection.all(sql, params![millis(now), limit], first_case)
        })
    }

    async fn changes_since(&self, seq: u64, limit: u32) -> Result<Vec<Changed>> {
        self.pool.scan(|connection| queue::changes_since(connection, seq, limit))
    }

    async fn cases_after(&self, ordinal: u64, limit: u32) -> Result<Vec<Changed>> {
        self.pool.scan(|connection| queue::cases_after(connection, ordinal, limit))
    }

    async fn searchable(&self, references: &[Reference]) -> Result<Vec<Searchable>> {
        self.pool.scan(|connection| queue::searchable(connection, references))
    }

    async fn erased_since(&self, record: u64, limit: u32) -> Result<Vec<(u64, Changed)>> {
        self.pool.read(|connection| chain::erased_since(connection, record, limit, queue::changed))
    }

    async fn references(&self, ordinals: &[u64]) -> Result<Vec<Reference>> {
        self.pool.read(|connection| queue::references(connection, ordinals))
    }

    fn bell(&self) -> watch::Receiver<u64> {
        self.bell.clone()
    }

    async fn head(&self) -> Result<Head> {
        self.pool.read(|connection| Ok(chain::ends(connection)?.ledger))
    }

    async fn head_at(&self, seq: u64) -> Result<Option<Hash>> {
        self.pool.read(|connection| proof::hash_at(connection, seq))
    }

    async fn chains(&self) -> Result<Chains> {
        self.pool.read(|connection| Ok(chain::ends(connection)?.chains()))
    }

    async fn last_entry(&self) -> Result<Option<Time>> {
        self.pool.read(|connection| {
            let sql = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
            Ok(connection.maybe::<i64>(sql, &[])?.map(time))
        })
    }

    async fn worded(&self, category: &str, district: Lgd, place: Option<Lgd>, limit: u32) -> Result<Vec<Worded>> {
        self.pool.scan(|connection| queue::worded(connection, category, district, place, limit))
    }

    async fn trail(&self, of: Reference) -> Result<Option<Trail>> {
        self.pool.read(|connection| proof::trail(connection, of))
    }

    async fn heads(&self, limit: u32) -> Result<Vec<PublishedHead>> {
        self.pool.read(|connection| proof::heads(connection, limit))
    }

    async fn access(&self, of: Reference) -> Result<Vec<AccessLine>> {
        self.pool.read(|connection| {
            let sql = "SELECT at, role, department, what FROM (
                     SELECT seq, at, role, department, what FROM reading WHERE reference = ?1
                     UNION
                     SELECT seq, at, role, department, what FROM reading
                         WHERE cases > 0 AND person = (SELECT citizen FROM grievance WHERE reference = ?1)
                         AND at >= (SELECT lodged_at FROM grievance WHERE reference = ?1)
                 ) read ORDER BY seq DESC LIMIT 100";
            connection.all(sql, params![number(of)], |row| {
                Ok(AccessLine {
                    at: time(row.get(0)?),
                    role: super::role(&row.get::<String>(1)?)?,
                    department: row.get::<Option<String>>(2)?.map(DepartmentCode::from),
                    revealed: row.get::<String>(3)? == "number",
                })
            })
        })
    }

    async fn readings(&self, filter: &ReadingFilter, limit: u32) -> Result<Vec<ReadingLine>> {
        self.pool.scan(|connection| reading::list(connection, filter, limit))
    }

    async fn acts(&self, filter: &ReadingFilter, limit: u32, most: u32) -> Result<Acts> {
        self.pool.scan(|connection| act::list(connection, filter, limit, most))
    }

    async fn was_revealed(&self, of: Reference, staff: StaffId, since: Time) -> Result<bool> {
        self.pool.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM reading
                       WHERE reference = ?1 AND at >= ?2 AND staff = ?3 AND what = 'number')";
            connection.one(sql, params![number(of), millis(since), staff.get()])
        })
    }

    async fn repeated(&self, idempotency: &Idempotency) -> Result<Option<String>> {
        self.pool.read(|connection| append::repeated(connection, idempotency))
    }
}

#[async_trait]
impl ReadPeople for Database {
    async fn mobile_of(&self, id: PersonId) -> Result<Option<Mobile>> {
        self.pool.read(|connection| {
            let found: Option<String> =
                connection.maybe("SELECT mobile FROM person WHERE id = ?1", params![person(id)])?;
            Ok(found.and_then(|mobile| Mobile::parse(&mobile).ok()))
        })
    }

    async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>> {
        self.pool.read(|connection| people::session(connection, token_hash))
    }

    async fn mobile_of_code(&self, id: &str) -> Result<Option<Mobile>> {
        self.pool.read(|connection| {
            let found: Option<String> = connection.maybe("SELECT mobile FROM code WHERE id = ?1", params![id])?;
            Ok(found.and_then(|mobile| Mobile::parse(&mobile).ok()))
        })
    }

    async fn is_verified(&self, id: PersonId) -> Result<bool> {
        self.pool.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM person WHERE id = ?1 AND verified_at IS NOT NULL)";
            connection.one(sql, params![person(id)])
        })
    }

    async fn any_person(&self) -> Result<Option<(PersonId, Mobile)>> {
        self.pool.read(|connection| {
            let sql = "SELECT id, mobile FROM person LIMIT 1";
            let found = connection.first(sql, &[], |row| Ok((row.get::<u64>(0)?, row.get::<String>(1)?)))?;
            Ok(found.and_then(|(id, mobile)| Some((PersonId::new(id), Mobile::parse(&mobile).ok()?))))
        })
    }
}

#[async_trait]
impl ReadDirectory for Database {
    async fn account(&self, username: &str) -> Result<Option<Account>> {
        self.pool.read(|connection| people::account(connection, username))
    }

    async fn accounts(&self, filter: &AccountFilter, after: &str, limit: u32) -> Result<Vec<Account>> {
        self.pool.read(|connection| people::accounts(connection, filter, after, limit))
    }

    async fn absences(&self, today: NaiveDate) -> Result<Vec<StoredAbsence>> {
        self.pool.read(|connection| people::absences(connection, today))
    }

    async fn mobiles_of(&self, party: &Party) -> Result<Vec<Mobile>> {
        let scope = match party.office {
            Some(_) => model::Scope::Office(party.clone()),
            None => model::Scope::Department(party.department.clone()),
        };
        self.pool.read(|connection| {
            let sql = "SELECT mobile FROM account WHERE scope = ?1 AND mobile IS NOT NULL LIMIT 20";
            let found = connection.all(sql, params![serde_json::to_string(&scope)?], |row| row.get::<String>(0))?;
            Ok(found.iter().filter_map(|text| Mobile::parse(text).ok()).collect())
        })
    }

    async fn offices(&self) -> Result<Vec<Office>> {
        self.pool.read(|connection| {
            let sql = "SELECT id, department, district, name_en, name_bn FROM office ORDER BY id";
            connection.all(sql, &[], |row| {
                Ok(Office {
                    id: OfficeId::new(row.get(0)?),
                    department: row.get::<String>(1)?.into(),
                    district: row.get::<Option<u32>>(2)?.map(Lgd::new),
                    name: Names { en: row.get(3)?, bn: row.get(4)?, ..Names::default() },
                    closed: false,
                })
            })
        })
    }

    async fn settings(&self) -> Result<Vec<Setting>> {
        self.pool.read(setting::newest_of_each)
    }

    async fn setting_history(&self, before: u64, limit: u32) -> Result<Vec<TableChange>> {
        self.pool.read(|connection| setting::history(connection, before, limit))
    }

    async fn setting(&self, seq: u64) -> Result<Option<Setting>> {
        self.pool.read(|connection| setting::one(connection, seq))
    }

    async fn newest_setting(&self) -> Result<u64> {
        self.pool.read(setting::newest)
    }
}

#[async_trait]
impl ReadFiles for Database {
    async fn attachment(&self, id: &str) -> Result<Option<Attachment>> {
        self.pool.read(|connection| files::one(connection, id))
    }

    async fn undigested(&self) -> Result<Vec<Attachment>> {
        self.pool.scan(files::undigested)
    }

    async fn attachments_of(&self, of: Reference) -> Result<Vec<Attachment>> {
        self.pool.read(|connection| files::of_case(connection, of))
    }

    async fn prints(&self, after: u64, limit: u32) -> Result<Vec<StoredPrint>> {
        self.pool.scan(move |connection| files::prints(connection, after, limit))
    }

    async fn unnamed_bytes(&self, since: Time) -> Result<u64> {
        self.pool.read(|connection| files::unnamed_bytes(connection, since))
    }

    async fn unfinished(&self, before: Time) -> Result<Vec<AttachmentId>> {
        self.pool.read(|connection| files::unfinished(connection, before))
    }
}

#[async_trait]
impl ReadOutbox for Database {
    async fn messages_to(&self, mobile: &Mobile, about: Option<Reference>, limit: u32) -> Result<Vec<Message>> {
        self.pool.read(|connection| {
            let recipient = outbox::recipient(mobile)?;
            let (named, newest) = (" AND reference = ?3", " ORDER BY id DESC LIMIT ?2");
            match about {
                Some(about) => connection.all(
                    &outbox::select(&format!("recipient = ?1{named}{newest}")),
                    params![recipient, limit, number(about)],
                    outbox::message,
                ),
                None => connection.all(
                    &outbox::select(&format!("recipient = ?1{newest}")),
                    params![recipient, limit],
                    outbox::message,
                ),
            }
        })
    }

    async fn messages(&self, limit: u32) -> Result<Vec<Message>> {
        self.pool.read(|connection| {
            connection.all(&outbox::select("1 = 1 ORDER BY id DESC LIMIT ?1"), params![limit], outbox::message)
        })
    }

    async fn oldest_waiting(&self) -> Result<Option<Time>> {
        self.pool.read(|connection| {
            let sql = "SELECT min(created) FROM outbox WHERE state = 0";
            Ok(connection.one::<Option<i64>>(sql, &[])?.map(time))
        })
    }

    async fn still_holds(&self, id: i64, now: Time) -> Result<bool> {
        let Some(state) = self.pool.read(|connection| outbox::hindrance(connection, id, now))? else { return Ok(true) };
        self.writer.write(move |connection, _| outbox::give_up(connection, id, state).map(|()| false)).await
    }

    async fn questions_to(&self, mobile: &Mobile) -> Result<Vec<Question>> {
        self.pool.read(|connection| outbox::questions_to(connection, mobile))
    }

    async fn was_told(&self, mobile: &Mobile, template: Template, since: Time) -> Result<bool> {
        self.pool.read(|connection| outbox::was_told(connection, mobile, template, since))
    }
}

#[async_trait]
impl Ledger for Database {
    async fn append(&self, append: Append) -> Result<Appended> {
        let packed = append::PackedAppend::of(append)?;
        self.writer.write(move |connection, effects| append::append(connection, effects, &packed)).await
    }

    async fn import(&self, lives: Vec<PackedLife>) -> Result<u64> {
        self.writer.write(move |connection, effects| append::import(connection, effects, &lives)).await
    }

    async fn put_deadline(&self, reference: Reference, version: u32, at: Time) -> Result<()> {
        self.writer
            .write(move |connection, _| {
                connection.defer(
                    "UPDATE grievance SET next_deadline = ?3 WHERE reference = ?1 AND version = ?2",
                    params![number(reference), version, if at == Time::MAX_UTC { super::NEVER } else { millis(at) }],
                )
            })
            .await
    }

    async fn put_due(
        &self,
        reference: Reference,
        version: u32,
        due: Option<Time>,
        deadline: Option<Time>,
    ) -> Result<()> {
        self.writer
            .write(move |connection, _| {
                connection.defer(
                    "UPDATE grievance SET due = ?3, next_deadline = ?4 WHERE reference = ?1 AND version = ?2",
                    params![number(reference), version, due_column(due), deadline.map(millis)],
                )
            })
            .await
    }

    async fn record_reading(&self, reading: Reading) -> Result<()> {
        self.writer.write(move |connection, effects| chain::read(connection, effects, &reading)).await
    }

    async fn put_head(&self, head: &PublishedHead) -> Result<()> {
        let head = head.clone();
        self.writer.write(move |connection, effects| proof::put_head(connection, effects, &head)).await
    }

    async fn remember(&self, idempotency: &Idempotency, at: Time) -> Result<()> {
        let idempotency = idempotency.clone();
        self.writer
            .write(move |connection, _| {
                connection.defer(
                    "INSERT INTO idempotency (key, fingerprint, response, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                    params![idempotency.key, idempotency.fingerprint, &idempotency.response, millis(at)],
                )
            })
            .await
    }

    async fn erase(&self, reference: Reference, at: Time) -> Result<usize> {
        self.writer.write(move |connection, effects| chain::erase(connection, effects, reference, at)).await
    }
}

#[async_trait]
impl People for Database {
    async fn mark_verified(&self, id: PersonId, mobile: &Mobile, at: Time) -> Result<()> {
        let mobile = mobile.clone();
        self.writer
            .write(move |connection, effects| {
                let changed = connection.execute(
                    "INSERT INTO person AS known (id, mobile, verified_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (id) DO UPDATE SET verified_at = ?3 WHERE known.verified_at IS NULL",
                    params![person(id), mobile.as_str(), millis(at)],
                )?;
                if changed == 0 {
                    return Ok(());
                }
                chain::record(connection, effects, &chain::PERSON, person(id), at)
            })
            .await
    }

    async fn know_person(&self, id: PersonId, mobile: &Mobile) -> Result<()> {
        let mobile = mobile.clone();
        self.writer
            .write(move |connection, _| {
                connection.defer(
                    "INSERT INTO person (id, mobile) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    params![person(id), mobile.as_str()],
                )
            })
            .await
    }

    async fn create_session(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.writer.write(move |connection, _| people::create_session(connection, &session)).await
    }

    async fn create_staff_session(&self, session: &Session, password: &str) -> Result<bool> {
        let (session, password) = (session.clone(), password.to_owned());
        self.writer.write(move |connection, _| people::create_staff_session(connection, &session, &password)).await
    }

    async fn touch_session(&self, token_hash: &[u8; 32], at: Time) -> Result<()> {
        let token_hash = *token_hash;
        self.writer
            .write(move |connection, _| {
                connection
                    .defer("UPDATE session SET last_seen = ?2 WHERE token_hash = ?1", params![token_hash, millis(at)])
            })
            .await
    }

    async fn end_session(&self, token_hash: &[u8; 32]) -> Result<()> {
        let token_hash = *token_hash;
        self.writer
            .write(move |connection, _| {
                connection.defer("DELETE FROM session WHERE token_hash = ?1", params![token_hash])
            })
            .await
    }

    async fn sign_out(&self, token_hash: &[u8; 32]) -> Result<()> {
        let token_hash = *token_hash;
        self.writer.write(move |connection, _| people::sign_out(connection, &token_hash)).await
    }

    async fn hand_over_session(&self, token_hash: &[u8; 32], begun_by: &[u8; 32], ends: Time) -> Result<bool> {
        let (token_hash, begun_by) = (*token_hash, *begun_by);
        self.writer
            .write(move |connection, _| people::hand_over_session(connection, &token_hash, &begun_by, ends))
            .await
    }

    async fn change_session(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.writer
            .write(move |connection, _| {
                connection.execute("DELETE FROM session WHERE token_hash = ?1", params![session.token_hash])?;
                people::insert_session(connection, &session)
            })
            .await
    }

    async fn end_sessions_of(&self, staff: StaffId) -> Result<()> {
        self.writer
            .write(move |connection, _| connection.defer("DELETE FROM session WHERE staff = ?1", params![staff.get()]))
            .await
    }

    async fn end_sessions_but(&self, actor: &Actor, kept: u32) -> Result<()> {
        let actor = serde_json::to_string(actor)?;
        self.writer
            .write(move |connection, _| {
                connection.defer(
                    "DELETE FROM session WHERE actor = ?1 AND token_hash NOT IN
                         (SELECT token_hash FROM session WHERE actor = ?1 ORDER BY created DESC LIMIT ?2)",
                    params![&actor, kept],
                )
            })
            .await
    }

    async fn create_code(
        &self,
        code: &Code,
        asker: Asker,
        message: NewMessage,
        limits: CodeLimits,
    ) -> Result<CodeJudged> {
        let code = code.clone();
        self.writer
            .write(move |connection, effects| people::create_code(connection, effects, &code, asker, &message, limits))
            .await
    }

    async fn redeem_code(&self, tried: TriedCode, now: Time, rule: CodeRule) -> Result<Redeemed> {
        self.writer.write(move |connection, _| people::redeem_code(connection, &tried, now, rule)).await
    }

    async fn begin_sign_in(&self, counts: Vec<SignInCount>, at: Time) -> Result<Option<u32>> {
        self.writer.write(move |connection, _| people::begin_sign_in(connection, &counts, at)).await
    }

    async fn end_sign_in(&self, counts: Vec<SignInCount>) -> Result<()> {
        self.writer.write(move |connection, _| people::end_sign_in(connection, &counts)).await
    }
}

#[async_trait]
impl Directory for Database {
    async fn change_account(&self, before: Option<&Account>, after: &Account, at: Time) -> Result<bool> {
        let (before, after) = (before.cloned(), after.clone());
        self.writer
            .write(move |connection, effects| {
                if people::account(connection, &after.username)? != before {
                    return Ok(false);
                }
                people::put_account(connection, effects, &after, at)?;
                Ok(true)
            })
            .await
    }

    async fn change_absence(
        &self,
        staff: StaffId,
        seen: Option<Absence>,
        away: Option<Absence>,
        by: StaffId,
        at: Time,
    ) -> Result<bool> {
        self.writer.write(move |connection, _| people::change_absence(connection, staff, (seen, away), by, at)).await
    }

    async fn end_absence(&self, staff: StaffId) -> Result<()> {
        self.writer.write(move |connection, _| people::end_absence(connection, staff)).await
    }

    async fn put_accounts(&self, accounts: Vec<Account>, at: Time) -> Result<()> {
        self.writer
            .write(move |connection, effects| {
                accounts.iter().try_for_each(|account| people::put_account(connection, effects, account, at))
            })
            .await
    }

    async fn put_offices(&self, offices: Vec<Office>, at: Time) -> Result<()> {
        self.writer
            .write(move |connection, effects| {
                for office in &offices {
                    connection.execute(
                        "INSERT INTO office (id, department, district, name_en, name_bn) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (id) DO UPDATE SET department = ?2, district = ?3, name_en = ?4, name_bn = ?5",
                        params![
                            office.id.get(),
                            office.department.as_str(),
                            office.district.map(Lgd::get),
                            &office.name.en,
                            &office.name.bn
                        ],
                    )?;
                    chain::record(connection, effects, &chain::OFFICE, office.id.get(), at)?;
                }
                Ok(())
            })
            .await
    }

    async fn put_rules(&self, rules: &Rules, at: Time) -> Result<()> {
        let (version, body) = (rules.version, serde_json::to_string(rules)?);
        self.writer
            .write(move |connection, effects| {
                let kept = connection.execute(
                    "INSERT INTO rule_set (version, at, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    params![version, millis(at), &body],
                )?;
                if kept == 0 {
                    return Ok(());
                }
                chain::record(connection, effects, &chain::RULES, version, at)
            })
            .await
    }

    async fn put_setting(&self, setting: &Setting, newest: u64) -> Result<Option<u64>> {
        let setting = setting.clone();
        self.writer.write(move |connection, effects| setting::put(connection, effects, &setting, newest)).await
    }
}

#[async_trait]
impl Files for Database {
    async fn put_attachment(&self, attachment: &Attachment, at: Time) -> Result<()> {
        let attachment = attachment.clone();
        self.writer.write(move |connection, effects| files::put(connection, effects, &attachment, at)).await
    }

    async fn attachment_came(&self, attachment: &Attachment, at: Time) -> Result<bool> {
        let attachment = attachment.clone();
        self.writer.write(move |connection, effects| files::arrived(connection, effects, &attachment, at)).await
    }

    async fn forget_attachment(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.writer.write(move |connection, _| files::forget(connection, &id)).await
    }

    async fn forget_attachments(&self, before: Time, unfinished: Time, at: Time) -> Result<Vec<AttachmentId>> {
        self.writer.write(move |connection, effects| files::sweep(connection, effects, before, unfinished, at)).await
    }
}

#[async_trait]
impl Outbox for Database {
    async fn put_message(&self, message: NewMessage, at: Time) -> Result<()> {
        self.writer
            .write(move |connection, effects| outbox::insert(connection, effects, &message, millis(at), None))
            .await
    }

    async fn message_sent(&self, id: i64, at: Time, forget: bool) -> Result<()> {
        self.writer.write(move |connection, effects| outbox::sent(connection, effects, id, millis(at), forget)).await
    }

    async fn message_failed(&self, id: i64, error: &str, next: Option<Time>) -> Result<()> {
        let error = error.to_owned();
        self.writer.write(move |connection, _| outbox::failed(connection, id, &error, next.map(millis))).await
    }

    async fn lease(&self, share: Share, now: Time, until: Time, limit: u32) -> Result<Vec<Message>> {
        if self.pool.read(|connection| outbox::is_idle(connection, share, now))? {
            return Ok(Vec::new());
        }
        self.writer.write(move |connection, _| outbox::lease(connection, share, now, until, limit)).await
    }

    async fn silence(&self, mobile: &Mobile, silent: bool, at: Time) -> Result<()> {
        let mobile = mobile.clone();
        let sql = if silent {
            "INSERT INTO silenced (mobile, reference, at) VALUES (?1, NULL, ?2) ON CONFLICT DO NOTHING
             RETURNING id"
        } else {
            "DELETE FROM silenced WHERE mobile = ?1 AND reference IS NULL AND at <= ?2 RETURNING id"
        };
        self.writer
            .write(move |connection, effects| {
                outbox::silence(connection, effects, sql, params![mobile.as_str(), millis(at)], millis(at))
            })
            .await
    }
}

#[async_trait]
impl Calls for Database {
    async fn begin_call(&self, call: PhoneCall) -> Result<()> {
        self.writer.write(move |connection, _| phone::begin(connection, &call)).await
    }

    async fn hear_call(&self, id: &str, heard: Heard, at: Time) -> Result<bool> {
        let id = id.to_owned();
        self.writer.write(move |connection, _| phone::hear(connection, &id, heard, at)).await
    }

    async fn record_call(&self, id: &str, outcome: CallOutcome) -> Result<()> {
        let id = id.to_owned();
        self.writer.write(move |connection, _| phone::record(connection, &id, outcome)).await
    }

    async fn newest_call(&self, staff: StaffId, of: Reference, since: Time) -> Result<Option<PhoneCall>> {
        self.pool.read(|connection| phone::newest(connection, staff, of, since))
    }

    async fn open_calls(&self, staff: StaffId, since: Time) -> Result<Vec<PhoneCall>> {
        self.pool.read(|connection| phone::open(connection, staff, since))
    }

    async fn phone_call(&self, id: &str) -> Result<Option<PhoneCall>> {
        self.pool.read(|connection| phone::one(connection, id))
    }

    async fn own_calls(&self, staff: StaffId, since: Time) -> Result<OwnCalls> {
        self.pool.read(|connection| phone::own(connection, staff, since))
    }
}

#[async_trait]
impl Lines for Database {
    async fn begin_line(&self, call: LineCall) -> Result<()> {
        self.writer.write(move |connection, _| line::begin(connection, &call)).await
    }

    async fn hear_line(&self, id: &str, heard: Heard, at: Time) -> Result<bool> {
        let id = id.to_owned();
        self.writer.write(move |connection, _| line::hear(connection, &id, heard, at)).await
    }

    async fn line_call(&self, id: &str) -> Result<Option<LineCall>> {
        self.pool.read(|connection| line::one(connection, id))
    }

    async fn line_of(&self, staff: StaffId, since: Time) -> Result<Option<LineCall>> {
        self.pool.read(|connection| line::on(connection, staff, since))
    }

    async fn missed(&self, since: Time, tries: u32) -> Result<Vec<Missed>> {
        self.pool.read(|connection| line::missed(connection, since, tries))
    }

    async fn tie_line(&self, id: &str, staff: StaffId, of: Reference) -> Result<bool> {
        let id = id.to_owned();
        self.writer.write(move |connection, _| line::tie(connection, &id, staff, of)).await
    }

    async fn line_work(&self, staff: StaffId, since: Time) -> Result<LineWork> {
        self.pool.read(|connection| line::work(connection, staff, since))
    }
}

#[async_trait]
impl Quality for Database {
    async fn callers_heard(&self, since: Time) -> Result<Vec<StaffId>> {
        self.pool.read(|connection| quality::callers(connection, since))
    }

    async fn calls_heard(&self, staff: StaffId, since: Time) -> Result<Vec<HeardCall>> {
        self.pool.read(|connection| quality::calls_of(connection, staff, since))
    }

    async fn calls_counted(&self, since: Time) -> Result<Vec<(CallKind, StaffId, u32)>> {
        self.pool.read(|connection| quality::counted(connection, since))
    }

    async fn heard_call(&self, id: &str) -> Result<Option<HeardCall>> {
        self.pool.read(|connection| quality::call(connection, id))
    }

    async fn scores(&self, of: &ScoresOf, since: Time) -> Result<Vec<Score>> {
        self.pool.read(|connection| quality::scores(connection, of, since))
    }

    async fn put_score(&self, score: Score) -> Result<bool> {
        self.writer.write(move |connection, _| quality::put(connection, &score)).await
    }

    async fn dispute_score(&self, id: &str, why: &str, at: Time) -> Result<bool> {
        let (id, why) = (id.to_owned(), why.to_owned());
        self.writer.write(move |connection, _| quality::dispute(connection, &id, &why, at)).await
    }

    async fn decide_score(&self, score: Score) -> Result<bool> {
        self.writer.write(move |connection, _| quality::decide(connection, &score)).await
    }

    async fn correct_score(&self, id: &str, words: &str, at: Time) -> Result<bool> {
        let (id, words) = (id.to_owned(), words.to_owned());
        self.writer.write(move |connection, _| quality::correct(connection, &id, &words, at)).await
    }

    async fn staff_name(&self, staff: StaffId) -> Result<Option<String>> {
        self.pool.read(|connection| connection.maybe("SELECT name FROM account WHERE id = ?1", params![staff.get()]))
    }
}

#[async_trait]
impl Shared for Database {
    async fn admit(&self, allowance: Allowance) -> Result<Option<i64>> {
        self.writer.write(move |connection, _| people::admit(connection, allowance)).await
    }

    async fn take_turn(&self, what: &str, who: &str, now: Time, until: Time) -> Result<bool> {
        let (what, who) = (what.to_owned(), who.to_owned());
        self.writer
            .write(move |connection, _| {
                let taken = connection.execute(
                    "INSERT INTO turn AS taken (what, who, until) VALUES (?1, ?2, ?3)
                     ON CONFLICT (what) DO UPDATE SET who = ?2, until = ?3 WHERE taken.who = ?2 OR taken.until <= ?4",
                    params![&what, &who, millis(until), millis(now)],
                )?;
                Ok(taken == 1)
            })
            .await
    }

    async fn turns(&self, whats: &[String], now: Time) -> Result<Vec<(String, String)>> {
        if whats.is_empty() {
            return Ok(Vec::new());
        }
        self.pool.read(|connection| {
            let mut values = Values::default();
            let names: Vec<String> = whats.iter().map(|what| values.add(what)).collect();
            let sql = format!(
                "SELECT what, who FROM turn WHERE what IN ({}) AND until > {}",
                names.join(", "),
                values.add(millis(now))
            );
            connection.all(&sql, &values.0, |row| Ok((row.get(0)?, row.get(1)?)))
        })
    }

    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.pool.read(|connection| {
            let sql = "SELECT value FROM fact WHERE name = ?1";
            connection.maybe(sql, params![name])
        })
    }

    async fn put_fact(&self, name: &str, value: Vec<u8>) -> Result<()> {
        let name = name.to_owned();
        self.writer
            .write(move |connection, _| {
                let sql = "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
                connection.defer(sql, params![&name, &value])
            })
            .await
    }

    async fn forget_fact(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.writer
            .write(move |connection, _| connection.defer("DELETE FROM fact WHERE name = ?1", params![&name]))
            .await
    }
}

#[async_trait]
impl Upkeep for Database {
    async fn verify(&self, witness: Witness) -> Result<Audit> {
        self.pool.scan(|connection| connection.at_one_moment(|| audit::verify(connection, &witness)))
    }

    async fn rebuild(&self, rules: &Rules, told: fn(u64)) -> Result<u64> {
        let rules = rules.clone();
        self.writer.write(move |connection, effects| audit::rebuild(connection, effects, &rules, told)).await
    }

    async fn sweep(&self, now: Time) -> Result<()> {
        self.writer.write(move |connection, effects| retention::sweep(connection, effects, now)).await
    }

    async fn over(&self, now: Time) -> Result<Vec<Retained>> {
        self.pool.scan(|connection| retention::over(connection, now))
    }

    async fn ping(&self, at: Time) -> Result<()> {
        self.put_fact("seen", millis(at).to_be_bytes().to_vec()).await
    }

    async fn damage(&self) -> Result<Option<String>> {
        self.pool.damage().await
    }

    async fn checkpoint(&self, keep_room: bool) -> Result<()> {
        self.pool.checkpoint(keep_room).await
    }
}
