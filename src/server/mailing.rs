//! What is mailed in office hours: to each superior once in a working day which limits have passed at their level; to those
//! named for a department its offices at which cases wait and nobody is, looked at once a day and told when that changes, and
//! once a week the report on its offices. None of them names a citizen.
//!
//! Each address is told by itself: what could not be handed over is tried again in the next round, and covers what came
//! meanwhile. Nothing is told twice, but where the program ends between a mail and the record of it.

use crate::app::comparison::compare;
use crate::catalogue::{self, Catalogue};
use crate::digest::{has_passed, is_office_hours};
use crate::failure::Failure;
use crate::mail::{Mail, Mailer};
use crate::state::App;
use crate::store::StoreError;
use crate::tables::{Superior, Tables};
use anyhow::Result;
use chrono::{Datelike, Days, NaiveDate};
use lettre::Address;
use maud::{Markup, html};
use model::clock::ist_date;
use model::comparison::{Answers, Sentence};
use model::names::code_of;
use model::page::{Page, StaffPage};
use model::wire::Comparison;
use model::{CategoryCode, DepartmentCode, Language, OfficeId, Reference, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fact that says what was mailed.
const TOLD: &str = "mailing";
/// Cases read at once.
const PAGE: u32 = 500;
/// Most grievances that a mail lists; further ones are counted.
const LISTED: usize = 50;
/// Days of the report on offices: as many as its page shows at first.
const DAYS: u16 = 90;

/// How far the ledger was looked at.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Mark {
    /// The last entry.
    seq: u64,
    /// When.
    at: Time,
}

/// What was mailed to whom.
#[derive(Default, Serialize, Deserialize)]
struct Told {
    /// How far each superior knows of limits that have passed, by [`post_of`]: two of them may have one address, and what is told
    /// to one is not told to the other. One that is new begins with nothing to tell: what passed before is in the lists.
    passed: BTreeMap<String, Mark>,
    /// The last day on which the offices of all departments were looked at.
    looked: Option<NaiveDate>,
    /// The Monday of the week whose report went out, by address and department.
    weekly: BTreeMap<String, NaiveDate>,
    /// Offices at which cases wait and nobody is, as each address was told last, by address and department.
    unattended: BTreeMap<String, Vec<OfficeId>>,
}

/// Mails what is due, if it is office hours; answers how many mails were handed over.
///
/// # Errors
/// Where the store does not answer, or a catalogue cannot be read.
pub async fn round(app: &App) -> Result<usize> {
    let (now, Some(mailer)) = (app.now(), &app.config.mailer) else { return Ok(0) };
    if !is_office_hours(app, now) {
        return Ok(0);
    }
    let stored = app.store.fact(TOLD).await?.and_then(|json| serde_json::from_slice::<Told>(&json).ok());
    let mut told = stored.unwrap_or_default();
    let post = Post { app, mailer: mailer.as_ref(), writer: Writer::of(app)?, now };
    let digests = post.digests(&mut told).await?;
    let of_offices = if told.looked < Some(ist_date(now)) { post.offices(&mut told).await? } else { 0 };
    Ok(digests + of_offices)
}

/// One round.
struct Post<'a> {
    app: &'a App,
    mailer: &'a dyn Mailer,
    writer: Writer<'a>,
    now: Time,
}

impl Post<'_> {
    /// Tells each superior which limits have passed at their level, if that was not done today.
    async fn digests(&self, told: &mut Told) -> Result<usize> {
        let (app, mut count) = (self.app, 0);
        let mark = Mark { seq: app.store.head().await?.seq, at: self.now };
        let known = told.passed.len();
        for post in app.facts.tables.all_superiors().iter().filter_map(post_of) {
            told.passed.entry(post).or_insert(mark);
        }
        if told.passed.len() != known {
            put(app, told).await?;
        }
        for (superior, cases) in passed(app, told, self.now).await? {
            let Some((to, post)) = superior.email.as_ref().zip(post_of(superior)) else { continue };
            if !cases.is_empty() {
                if !self.sends(to, &self.writer.passed(superior, &cases, self.now)).await {
                    continue;
                }
                count += 1;
            }
            told.passed.insert(post, mark);
            put(app, told).await?;
        }
        Ok(count)
    }

    /// Looks at the offices of each department: tells those named for it where nobody is, and once a week of all.
    async fn offices(&self, told: &mut Told) -> Result<usize> {
        let (app, today) = (self.app, ist_date(self.now));
        let (mut count, mut whole, mut known) = (0, true, BTreeMap::new());
        for (superior, department) in departments(&app.facts.tables) {
            let Some(to) = &superior.email else { continue };
            if !known.contains_key(department) {
                let since = today.checked_sub_days(Days::new(u64::from(DAYS) - 1));
                known.insert(department, compare(app, department, since, self.now).await.map_err(reason)?);
            }
            let Some(compared) = known.get(department) else { continue };
            let key = format!("{to} {department}");
            let empty: Vec<OfficeId> =
                compared.offices.iter().filter(|office| office.is_unattended()).map(|office| office.office).collect();
            // Told when it changes: a mail that says the same every day is read by nobody, and the weekly one repeats it.
            if told.unattended.get(&key).map_or(&[][..], Vec::as_slice) != empty {
                if !empty.is_empty() {
                    if !self.sends(to, &self.writer.unattended(superior, department, compared)).await {
                        whole = false;
                        continue;
                    }
                    count += 1;
                }
                told.unattended.insert(key.clone(), empty);
                put(app, told).await?;
            }
            let monday = monday_of(today);
            if told.weekly.get(&key).is_some_and(|week| *week >= monday) {
                continue;
            }
            // A department that has never had a case has nothing to report.
            if !compared.offices.is_empty() {
                if !self.sends(to, &self.writer.offices(superior, department, compared, self.now)).await {
                    whole = false;
                    continue;
                }
                count += 1;
            }
            told.weekly.insert(key, monday);
            put(app, told).await?;
        }
        if whole {
            told.looked = Some(today);
            put(app, told).await?;
        }
        Ok(count)
    }

    /// Whether a mail was taken.
    async fn sends(&self, to: &Address, sheets: &[Sheet]) -> bool {
        match self.mailer.send(&self.writer.mail(to.clone(), sheets)).await {
            Ok(()) => true,
            Err(error) => {
                // No address: it is somebody's.
                tracing::warn!("a mail was not taken, it is tried again in five minutes: {error:#}");
                false
            }
        }
    }
}

/// What a superior is known by: address, department and level; `None` without an address.
fn post_of(superior: &Superior) -> Option<String> {
    let department = superior.department.as_deref().unwrap_or("*");
    Some(format!("{} {department} {}", superior.email.as_ref()?, superior.level))
}

fn reason(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!("offices cannot be compared: {:?}", failure.0.code)
}

async fn put(app: &App, told: &Told) -> Result<(), StoreError> {
    app.store.put_fact(TOLD, serde_json::to_vec(told)?).await
}

fn monday_of(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Whose report on offices a superior gets: that of the department they are named for. Who stands for all departments would get a
/// mail of each.
fn departments(tables: &Tables) -> impl Iterator<Item = (&Superior, &DepartmentCode)> {
    tables.all_superiors().iter().filter_map(|superior| Some((superior, superior.department.as_ref()?)))
}

/// A case whose limit has passed, as far as a mail tells of it.
struct Passed {
    reference: Reference,
    category: Option<CategoryCode>,
    department: Option<DepartmentCode>,
    lodged_at: Time,
}

/// For each superior who was not told today, the cases whose limits have passed at their level since they were, longest waiting
/// first.
async fn passed<'a>(app: &'a App, told: &Told, now: Time) -> Result<Vec<(&'a Superior, Vec<Passed>)>, StoreError> {
    let mark = |superior: &Superior| told.passed.get(&post_of(superior)?).copied();
    let untold = |mark: &Mark| ist_date(mark.at) < ist_date(now);
    let wanted = app.facts.tables.all_superiors().iter();
    let mut found: Vec<(&Superior, Mark, Vec<Passed>)> =
        wanted.filter_map(|superior| Some((superior, mark(superior).filter(untold)?, Vec::new()))).collect();
    let Some(mut after) = found.iter().map(|(_, mark, _)| mark.seq).min() else { return Ok(Vec::new()) };
    loop {
        let page = app.store.changes_since(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for case in page.iter().map(|changed| &changed.case) {
            let told = app.facts.tables.superiors(case.department.as_deref(), case.escalation);
            for (superior, mark, cases) in &mut found {
                if has_passed(case, mark.at) && told.contains(superior) {
                    cases.push(Passed {
                        reference: case.reference,
                        category: case.category.clone(),
                        department: case.department.clone(),
                        lodged_at: case.lodged_at,
                    });
                }
            }
        }
    }
    let by_age = |(superior, _, mut cases): (&'a Superior, Mark, Vec<Passed>)| {
        cases.sort_by_key(|case| case.lodged_at);
        (superior, cases)
    };
    Ok(found.into_iter().map(by_age).collect())
}

/// What a mail says in one language: both its forms are made from it.
struct Sheet {
    language: Language,
    title: String,
    lines: Vec<String>,
    heads: Vec<String>,
    /// Each as long as the heads.
    rows: Vec<Vec<String>>,
    /// Below the table.
    after: Vec<String>,
    /// What a link is for, and where it leads.
    link: (String, String),
    why: String,
}

/// Writes mails in the languages of the staff.
struct Writer<'a> {
    app: &'a App,
    catalogues: Vec<(Language, Catalogue)>,
}

/// The words of one language.
#[derive(Clone, Copy)]
struct Words<'a> {
    language: Language,
    catalogue: &'a Catalogue,
}

impl Words<'_> {
    fn text(self, key: &str) -> String {
        self.catalogue.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.text(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    fn counted(self, key: &str, count: usize) -> String {
        let form = format!("{key}{}", self.language.plural(of(count)).ending());
        self.fill(&form, &[("n", &self.language.number(of(count)))])
    }

    fn percent(self, per_mille: u32) -> String {
        self.language.digits(&format!("{}.{}%", per_mille / 10, per_mille % 10))
    }

    /// A share, with where it would lie if everybody had been asked.
    fn agreed(self, answers: &Answers) -> String {
        let Some((share, (from, to))) = answers.share().zip(answers.interval()) else { return self.text("dash.few") };
        let span = self.fill("offices.span", &[("from", &self.percent(from)), ("to", &self.percent(to))]);
        format!("{} ({span})", self.percent(share))
    }

    fn unreached(self, answers: &Answers) -> String {
        answers.unreached_share().map_or_else(|| self.text("dash.few"), |share| self.percent(share))
    }

    fn sentence(self, sentence: Sentence) -> String {
        let number = |offices: usize| self.language.number(of(offices));
        match sentence {
            Sentence::Few => self.text("offices.few"),
            Sentence::Alike(alike) => self.fill("offices.alike", &[("n", &number(alike))]),
            Sentence::Spread(alike) => self.fill("offices.spread", &[("n", &number(alike))]),
            Sentence::Differ { worse, better, alike } => {
                let values = [("worse", number(worse)), ("better", number(better)), ("n", number(alike))];
                self.fill("offices.differ", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
            }
        }
    }
}

fn of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<'a> Writer<'a> {
    fn of(app: &'a App) -> Result<Self> {
        let brand = &app.facts.tables.reference.brand;
        let read = |language: Language| Ok((language, catalogue::of_mail(&app.config.public, brand, language)?));
        Ok(Self { app, catalogues: Language::STAFF.into_iter().map(read).collect::<Result<_>>()? })
    }

    /// The address of a page of the staff app in a language.
    fn address(&self, page: &StaffPage, language: Language) -> String {
        format!("https://{}{}", self.app.facts.tables.reference.brand.site, language.path(&page.path()))
    }

    fn sheets(&self, sheet: impl Fn(Words<'_>) -> Sheet) -> Vec<Sheet> {
        self.catalogues.iter().map(|(language, catalogue)| sheet(Words { language: *language, catalogue })).collect()
    }

    /// The limits that have passed.
    fn passed(&self, superior: &Superior, cases: &[Passed], now: Time) -> Vec<Sheet> {
        let tables = &self.app.facts.tables;
        self.sheets(|words| {
            let language = words.language;
            let row = |case: &Passed| {
                let about = case.category.as_deref().and_then(|code| tables.category(code));
                let department = case.department.as_deref().and_then(|code| tables.department(code));
                let days = u32::try_from((now - case.lodged_at).num_days()).unwrap_or(0);
                vec![
                    // Digits as on the screen, where it is typed.
                    case.reference.grouped(),
                    about.map_or_else(String::new, |name| name.of(language).to_owned()),
                    department.map_or_else(String::new, |department| department.name.of(language).to_owned()),
                    language.number(days),
                ]
            };
            let more = cases.len().saturating_sub(LISTED);
            Sheet {
                language,
                title: words.counted("mail.passed", cases.len()),
                lines: vec![words.fill("mail.passed.lead", &[("post", superior.name.of(language))])],
                heads: ["mail.number", "mail.about", "field.department", "mail.days"].map(|key| words.text(key)).into(),
                rows: cases.iter().take(LISTED).map(row).collect(),
                after: (more > 0).then(|| words.counted("mail.more", more)).into_iter().collect(),
                link: (words.text("mail.sign_in"), self.address(&StaffPage::Home, language)),
                why: words.text("mail.why"),
            }
        })
    }

    /// The offices at which cases wait and nobody is.
    fn unattended(&self, superior: &Superior, department: &DepartmentCode, compared: &Comparison) -> Vec<Sheet> {
        let tables = &self.app.facts.tables;
        self.sheets(|words| {
            let language = words.language;
            let name = tables.department(department).map_or("", |department| department.name.of(language));
            let rows = compared.offices.iter().filter(|office| office.is_unattended()).map(|office| {
                let figures = &office.figures;
                let [open, old] = [figures.open(), figures.waiting[3]].map(|count| language.number(count));
                vec![office.name.of(language).to_owned(), open, old]
            });
            Sheet {
                language,
                title: words.fill("mail.unattended", &[("department", name)]),
                lines: vec![words.fill("mail.unattended.lead", &[("post", superior.name.of(language))])],
                heads: ["field.office", "mail.open_all", "mail.above_30"].map(|key| words.text(key)).into(),
                rows: rows.collect(),
                after: Vec::new(),
                link: (words.text("mail.sign_in"), self.address(&StaffPage::Roster, language)),
                why: words.text("mail.why"),
            }
        })
    }

    /// The report on offices.
    fn offices(
        &self,
        superior: &Superior,
        department: &DepartmentCode,
        compared: &Comparison,
        now: Time,
    ) -> Vec<Sheet> {
        let tables = &self.app.facts.tables;
        self.sheets(|words| {
            let language = words.language;
            let name = tables.department(department).map_or("", |department| department.name.of(language));
            let number = |count: u32| language.number(count);
            let mut offices: Vec<_> = compared.offices.iter().collect();
            offices.sort_by_key(|office| (office.verdict.rank(), office.name.of(language)));
            let unattended = compared.offices.iter().filter(|office| office.is_unattended()).count();
            let (desk, late) = compared.without_office();
            let day = tables.day(now, language);
            let lead = [("post", superior.name.of(language)), ("day", &day)];
            let mut lines = vec![words.fill("mail.offices.lead", &lead), words.sentence(compared.sentence())];
            if unattended > 0 {
                lines.push(words.counted("offices.unattended", unattended));
            }
            if desk > 0 {
                lines.push(words.fill("offices.desk", &[("n", &number(desk)), ("late", &number(late))]));
            }
            let heads = [
                "field.office",
                "offices.verdict",
                "mail.open_all",
                "mail.above_30",
                "dash.overdue",
                "offices.reported",
                "offices.answered",
                "offices.agreed",
                "offices.unreached",
            ];
            let rows = offices.iter().map(|office| {
                let figures = &office.figures;
                vec![
                    office.name.of(language).to_owned(),
                    words.text(&format!("verdict.{}", code_of(&office.verdict))),
                    number(figures.open()),
                    number(figures.waiting[3]),
                    number(figures.overdue),
                    number(figures.reported),
                    number(figures.answers.answered),
                    words.agreed(&figures.answers),
                    words.unreached(&figures.answers),
                ]
            });
            let page = StaffPage::Offices(format!("days={DAYS}&where=department:{department}"));
            Sheet {
                language,
                title: words.fill("mail.offices", &[("department", name)]),
                lines,
                heads: heads.map(|key| words.text(key)).into(),
                rows: rows.collect(),
                after: ["offices.def.agreed", "offices.def.verdict"].map(|key| words.text(key)).into(),
                link: (words.text("mail.see"), self.address(&page, language)),
                why: words.text("mail.why"),
            }
        })
    }

    fn mail(&self, to: Address, sheets: &[Sheet]) -> Mail {
        let brand = self.app.facts.tables.reference.brand.name.of(Language::Bengali).to_owned();
        let titles: Vec<&str> = sheets.iter().map(|sheet| sheet.title.as_str()).collect();
        Mail {
            to,
            subject: format!("{brand}: {}", titles.join(" · ")),
            text: sheets.iter().map(plain).collect::<Vec<_>>().join("\n\n"),
            html: page(&titles.join(" · "), sheets).into_string(),
        }
    }
}

/// A sheet as plain text: each row is a paragraph, since columns do not stand under each other in a proportional script.
fn plain(sheet: &Sheet) -> String {
    let mut parts = vec![sheet.title.clone()];
    parts.extend(sheet.lines.iter().cloned());
    for row in &sheet.rows {
        let mut cells = row.iter().zip(&sheet.heads);
        let first = cells.next().map_or("", |(cell, _)| cell.as_str());
        let others: Vec<String> =
            cells.filter(|(cell, _)| !cell.is_empty()).map(|(cell, head)| format!("{head}: {cell}")).collect();
        parts.push(format!("{first}\n{}", others.join("; ")));
    }
    parts.extend(sheet.after.iter().cloned());
    parts.push(format!("{}\n{}", sheet.link.0, sheet.link.1));
    parts.push(sheet.why.clone());
    parts.join("\n\n")
}

/// The sheets as a page. Mail programs read no style sheets.
fn page(title: &str, sheets: &[Sheet]) -> Markup {
    const CELL: &str = "border:1px solid #c9c4bb;padding:4px 8px;text-align:start;vertical-align:top";
    html! {
        (maud::DOCTYPE)
        html lang=(sheets.first().map_or("bn", |sheet| sheet.language.tag())) {
            head { meta charset="utf-8"; title { (title) } }
            body style="font-family:sans-serif;line-height:1.5;color:#1d1b19;max-width:60em" {
                @for sheet in sheets {
                    section lang=(sheet.language.tag()) {
                        h1 style="font-size:1.3em" { (sheet.title) }
                        @for line in &sheet.lines { p { (line) } }
                        table style="border-collapse:collapse" {
                            thead { tr { @for head in &sheet.heads { th scope="col" style=(CELL) { (head) } } } }
                            tbody {
                                @for row in &sheet.rows {
                                    tr { @for cell in row { td style=(CELL) { (cell) } } }
                                }
                            }
                        }
                        @for line in &sheet.after { p { (line) } }
                        p { (sheet.link.0) " " a href=(sheet.link.1) { (sheet.link.1) } }
                        p style="color:#5c564e" { (sheet.why) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_posts_of_one_address_are_told_apart() {
        let post = |department: Option<&str>, level| {
            post_of(&Superior {
                department: department.map(DepartmentCode::from),
                level,
                name: model::wire::Names::default(),
                mobile: None,
                email: Some("cell@office.example".parse().expect("an address")),
            })
        };
        let posts = [post(None, 2), post(None, 3), post(Some("PHE"), 2), post(Some("PWD"), 2)];
        let different: std::collections::BTreeSet<_> = posts.iter().collect();
        assert_eq!(different.len(), posts.len());
    }

    #[test]
    fn a_week_begins_on_monday() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        for (of, monday) in [("2026-11-30", "2026-11-30"), ("2026-12-06", "2026-11-30"), ("2027-01-01", "2026-12-28")] {
            assert_eq!(monday_of(day(of)), day(monday), "{of}");
        }
    }
}
