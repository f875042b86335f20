//! The reference tables: brand, departments, places, categories, templates, holidays and so on. Read from `public/` at
//! the start, or from administered settings.

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use chrono::{Datelike, Timelike};
use lettre::Address;
use model::answer::{Words, offered};
use model::clock::{Calendar, Lane, ist};
use model::lifecycle::{Ground, Places};
use model::message::{Template, render};
use model::names::code_of;
use model::reason::Reasons;
use model::rules::CategoryRule;
use model::topic::Topics;
use model::visit::Check;
use model::wire::{
    Brand, Category, Department, District, GroundName, Leaf, Names, Office, Place, PlaceAt, ReferenceData,
};
use model::{CategoryCode, DepartmentCode, Language, Lgd, Mobile, OfficeId, Rules, Time, text};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Everything that is read from `public/`.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The tables that the apps get.
    pub reference: ReferenceData,
    /// The rules, without offices and secret seed.
    pub rules: Rules,
    templates: HashMap<(Template, Language), RegisteredText>,
    urban: HashMap<(Lgd, Lgd), bool>,
    months: HashMap<Language, Vec<String>>,
    /// Word lists for text messages from citizens.
    pub answers: Words,
    /// Word lists by which categories are suggested.
    pub topics: Topics,
    /// What validators look at, each with the group of categories or the category that it is about.
    visits: Vec<(CategoryCode, Check)>,
    /// Approximate positions of blocks and towns.
    pub positions: Vec<PlaceAt>,
    /// Grounds for a rejection, in their order, each with its name and whether it is in use.
    pub grounds: Vec<(GroundName, bool)>,
    /// Whom to tell when a limit has passed, from the second level on.
    superiors: Vec<Superior>,
    /// Offices, by number; `None` as long as there is no table of them, and those of the store hold.
    pub offices: Option<Vec<Office>>,
}

/// Somebody who is told when a limit has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superior {
    /// The department; `None` for every department that names nobody of its own for this level.
    pub department: Option<DepartmentCode>,
    /// The level of escalation, 2 to 4.
    pub level: u8,
    /// Their post.
    pub name: Names,
    /// Their number; `None` where nobody is told yet: a deployment enters its own.
    pub mobile: Option<Mobile>,
    /// Their address; `None` where no mail is sent.
    pub email: Option<Address>,
}

impl Superior {
    /// Whether they can be told anything.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.mobile.is_some() || self.email.is_some()
    }
}

/// A text as it is registered with the operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredText {
    /// The id under which it is registered.
    pub id: String,
    /// The text with `{#var#}` marks.
    pub pattern: String,
}

/// Names of the tables that are administered; the files of these names in `public/reference` are used until the first
/// change. Rules and offices have no file.
pub const ADMINISTERED: [&str; 13] = [
    RULES,
    "answers.json",
    "categories.tsv",
    "departments.tsv",
    "grounds.tsv",
    "holidays.tsv",
    "names.tsv",
    OFFICES,
    "reasons.json",
    "superiors.tsv",
    "templates.tsv",
    "topics.json",
    "visits.tsv",
];
/// The first level of escalation that has superiors; at the one below, whoever has the case is told.
pub const SUPERIORS_FROM: u8 = 2;
/// Limits, shares and windows: an object with those fields of [`Rules`] that differ from the defaults.
pub const RULES: &str = "rules.json";
/// Offices: a line for each that there has ever been.
pub const OFFICES: &str = "offices.tsv";

/// Most letters of a cell.
const CELL: usize = 4_000;
/// Days that a category may give: a year at most.
const LIMIT_DAYS: std::ops::RangeInclusive<u32> = 1..=365;

/// Sees whether a new table has the columns of the file that is delivered and came whole through somebody's spreadsheet. Not
/// asked of tables that hold already, or held before.
///
/// # Errors
/// Says the line, and what to do.
pub fn is_intact(public: &Path, file: &str, text: &str) -> Result<()> {
    if file.ends_with(".json") {
        let content: serde_json::Value = serde_json::from_str(text).with_context(|| file.to_owned())?;
        if file != RULES && content.as_object().is_none_or(serde_json::Map::is_empty) {
            bail!("{file} has no content");
        }
        if file == "reasons.json" && content.get("danger").is_none() {
            bail!("{file}: the words of danger are missing (danger)");
        }
        return Ok(());
    }
    let header = text.lines().next().unwrap_or_default();
    if let Ok(delivered) = std::fs::read_to_string(public.join("reference").join(file))
        && let Some(wanted) = delivered.lines().next().filter(|wanted| *wanted != header)
    {
        bail!("{file}: the first line must name the columns, with tabs between them: {}", wanted.replace('\t', " ⇥ "));
    }
    let columns: Vec<&str> = header.split('\t').collect();
    let mut known = BTreeSet::new();
    // Offices are told apart by those that are missing.
    if file != OFFICES && text.lines().skip(1).all(str::is_empty) {
        bail!("{file} has no line");
    }
    for (index, line) in text.lines().enumerate().skip(1) {
        let at = || format!("{file}, line {}", index + 1);
        if line.contains("???") || line.contains('\u{fffd}') {
            bail!("{}: letters were lost; save it as UTF-8", at());
        }
        if line.split('\t').any(|cell| cell.starts_with('"')) {
            bail!("{}: a cell begins with a quotation mark; save it without them", at());
        }
        if line.chars().any(is_unseen) {
            bail!("{}: there are signs that nobody sees; write it anew", at());
        }
        for (column, cell) in columns.iter().zip(line.split('\t')) {
            if text::length(cell) > CELL {
                bail!("{}: {column} has more than {CELL} letters", at());
            }
            is_meant(column, cell).with_context(at)?;
            // Codes of several tables stand together in the names.
            let unique = ["code", "date", "office"].contains(column) && columns.first() == Some(column);
            if unique && !known.insert(cell) {
                bail!("{}: {cell} is there twice", at());
            }
        }
    }
    Ok(())
}

/// Whether a letter is not seen: a control character, one that turns the direction of others, a space without width, or one that
/// ends a line. What joins letters and keeps them apart belongs to Bengali.
fn is_unseen(letter: char) -> bool {
    (letter.is_control() && letter != '\t')
        || matches!(
            letter,
            '\u{AD}' | '\u{200B}' | '\u{2028}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        )
}

/// Whether mail servers deliver to an address: plain letters, at a host of a domain.
fn is_deliverable(address: &str) -> bool {
    let host = address.rsplit_once('@').map_or("", |(_, host)| host);
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    address.is_ascii()
        && !address.starts_with(['-', '='])
        && labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|last| last.chars().any(|c| c.is_ascii_alphabetic()))
        && address.parse::<Address>().is_ok()
}

/// Whether a cell can be what its column means.
fn is_meant(column: &str, cell: &str) -> Result<()> {
    match column {
        "limit_days" if cell.is_empty() => {}
        "limit_days" if !cell.parse().is_ok_and(|days| LIMIT_DAYS.contains(&days)) => {
            bail!("limit_days is 1 to {}", LIMIT_DAYS.end());
        }
        "shielded" | "in_use" if !["yes", "no"].contains(&cell) => bail!("{column} is yes or no"),
        "date" if cell.len() == 10 && cell.parse::<chrono::NaiveDate>().is_ok_and(|date| date.to_string() == cell) => {}
        "date" => bail!("the date {cell} is none; write it as 2026-12-25"),
        "email" if !cell.is_empty() && !is_deliverable(cell) => {
            bail!("no mail can be sent to {cell}; write an address such as name@office.example")
        }
        "office" if cell == "0" => bail!("offices are counted from 1"),
        "name_en" | "name_bn" if cell.trim().is_empty() => bail!("{column} is empty"),
        _ => {}
    }
    Ok(())
}

/// Where tables are read from: administered ones, and files for all others.
struct Source<'s> {
    folder: PathBuf,
    administered: &'s BTreeMap<String, String>,
}

impl Source<'_> {
    fn text(&self, file: &str) -> Result<String> {
        match self.administered.get(file) {
            Some(text) => Ok(text.clone()),
            None => {
                let path = self.folder.join(file);
                std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
            }
        }
    }
}

/// The rules without their tables: fields in `rules.json`, defaults for all others.
fn numbers(source: &Source<'_>) -> Result<Rules> {
    let plain = Rules::default();
    let Some(text) = source.administered.get(RULES) else { return Ok(plain) };
    let wanted: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).context(RULES)?;
    let mut all = serde_json::to_value(&plain)?;
    let own = ["version", "calendar", "categories", "departments"];
    for (name, value) in wanted {
        match all.get_mut(&name) {
            Some(_) if own.contains(&name.as_str()) => bail!("{RULES}: {name} does not stand here"),
            Some(there) => *there = value,
            None => bail!("{RULES}: there is no rule {name}"),
        }
    }
    serde_json::from_value(all).context(RULES)
}

impl Tables {
    /// Reads the tables from the files alone.
    ///
    /// # Errors
    /// Names the file and line that cannot be read.
    pub fn load(public: &Path) -> Result<Self> {
        Self::of(public, &BTreeMap::new())
    }

    /// Reads the tables: administered ones by name, files for all others.
    ///
    /// # Errors
    /// Names the table and line that cannot be read.
    pub fn of(public: &Path, administered: &BTreeMap<String, String>) -> Result<Self> {
        let reference = Source { folder: public.join("reference"), administered };
        let brand = std::fs::read_to_string(public.join("brand.json")).context("public/brand.json")?;
        let brand: Brand = serde_json::from_str(&brand).context("public/brand.json")?;
        let names = more_names(&reference)?;
        let mut departments = departments(&reference)?;
        for department in &mut departments {
            names.add("department", &department.code, &mut department.short);
            names.add("department", &department.code, &mut department.name);
        }
        let (mut districts, urban) = places(&reference)?;
        for district in &mut districts {
            names.add("district", &district.lgd.to_string(), &mut district.name);
        }
        let (mut categories, category_rules) = categories(&reference)?;
        for group in &mut categories {
            names.add("category", &group.code, &mut group.name);
            for leaf in &mut group.leaves {
                names.add("category", &leaf.code, &mut leaf.name);
            }
        }
        let grounds = grounds(&reference)?;
        let out_of_use = grounds.iter().filter(|(_, in_use)| !in_use).map(|(named, _)| named.ground);
        let rules = Rules {
            grounds_out_of_use: out_of_use.collect(),
            calendar: Calendar { holidays: holidays(&reference)? },
            categories: category_rules,
            departments: departments.iter().map(|department| department.code.clone()).collect(),
            ..numbers(&reference)?
        };
        for (code, rule) in &rules.categories {
            for department in std::iter::once(&rule.department).chain(&rule.department_urban) {
                if !rules.departments.contains(department) {
                    bail!("categories.tsv: {code} names the unknown department {department}");
                }
            }
        }
        let templates = templates(&reference)?;
        let reasons = reasons(&reference, &rules)?;
        let answers = answers(&reference)?;
        let topics = topics(&reference, &categories)?;
        let visits = visits(&reference, &categories)?;
        let positions = positions(&reference)?;
        let superiors = superiors(&reference, &departments)?;
        let offices = match administered.contains_key(OFFICES) {
            true => Some(offices(&reference, &departments, &districts)?),
            false => None,
        };
        let reference = ReferenceData { brand, districts, departments, categories, reasons };
        let months = months(&public.join("locales"))?;
        Ok(Self {
            reference,
            rules,
            templates,
            urban,
            months,
            answers,
            topics,
            visits,
            positions,
            grounds,
            superiors,
            offices,
        })
    }

    /// The tables without names in languages that are not needed.
    #[must_use]
    pub fn reference_in(&self, language: Language) -> ReferenceData {
        let mut tables = self.reference.clone();
        let leaves = tables.categories.iter_mut().flat_map(|group| {
            std::iter::once(&mut group.name).chain(group.leaves.iter_mut().map(|leaf| &mut leaf.name))
        });
        let departments = tables.departments.iter_mut().flat_map(|found| [&mut found.name, &mut found.short]);
        // Only the signs of danger that are likely on a page in this language; the server knows all of them.
        if let Some(danger) = &mut tables.reasons.danger {
            danger.words.retain(|sign| is_likely(sign, language));
            danger.except.retain(|saying| is_likely(saying, language));
        }
        let reasons = &mut tables.reasons;
        let choices = reasons.questions.values_mut().flat_map(|question| {
            let options = question.options.iter_mut();
            std::iter::once(&mut question.ask)
                .chain(options.flat_map(|choice| std::iter::once(&mut choice.label).chain(&mut choice.advice)))
        });
        let reasons = reasons.papers.values_mut().chain(choices);
        let districts = tables.districts.iter_mut().map(|found| &mut found.name);
        for names in reasons {
            // Shown, never searched, so one language is enough.
            *names = Names { en: names.of(language).to_owned(), ..Names::default() };
        }
        for names in districts.chain(departments).chain(leaves) {
            let own = names.of(language).to_owned();
            *names = Names { en: std::mem::take(&mut names.en), bn: std::mem::take(&mut names.bn), ..Names::default() };
            match language {
                Language::Hindi => names.hi = own,
                Language::Nepali => names.ne = own,
                Language::Urdu => names.ur = own,
                _ => {}
            }
        }
        tables
    }

    /// The registered text of a template in a language, in English where that language has none.
    #[must_use]
    pub fn template(&self, template: Template, language: Language) -> Option<&RegisteredText> {
        self.templates.get(&(template, language)).or_else(|| self.templates.get(&(template, Language::English)))
    }

    /// A day in India without its year, as people write it: `২৫ নভেম্বর`.
    #[must_use]
    pub fn day(&self, at: Time, language: Language) -> String {
        let local = ist(at);
        // As for templates, English where a language has no months.
        let language = if self.months.contains_key(&language) { language } else { Language::English };
        let month = self.months.get(&language).and_then(|months| months.get(local.month0() as usize));
        language.day_of_year(month.map_or("", String::as_str), local.day())
    }

    /// Day and time of day in India, as people say them: `২৫ নভেম্বর বিকেল ৪টা ৩০`.
    #[must_use]
    pub fn hour(&self, at: Time, language: Language) -> String {
        let local = ist(at);
        format!("{} {}", self.day(at, language), language.time_of_day(local.hour(), local.minute()))
    }

    /// Whom to tell when a limit of a department's case has passed at a level: their own, or those of all departments.
    #[must_use]
    pub fn superiors(&self, department: Option<&str>, level: u8) -> Vec<&Superior> {
        let of = |wanted: Option<&str>| -> Vec<&Superior> {
            let at_level = self.superiors.iter().filter(|superior| superior.level == level);
            at_level.filter(|superior| superior.department.as_deref() == wanted).collect()
        };
        let own = department.map(|code| of(Some(code))).unwrap_or_default();
        if own.is_empty() { of(None) } else { own }
    }

    /// Everybody who is told when a limit has passed.
    #[must_use]
    pub fn all_superiors(&self) -> &[Superior] {
        &self.superiors
    }

    /// Every registered text.
    pub fn templates(&self) -> impl Iterator<Item = (Template, Language, &RegisteredText)> {
        self.templates.iter().map(|((template, language), text)| (*template, *language, text))
    }

    /// Whether a place is a town; `None` where it is not in that district.
    #[must_use]
    pub fn is_urban(&self, district: Lgd, place: Lgd) -> Option<bool> {
        self.urban.get(&(district, place)).copied()
    }

    /// Whether this district exists.
    #[must_use]
    pub fn has_district(&self, district: Lgd) -> bool {
        self.reference.districts.iter().any(|known| known.lgd == district)
    }

    /// The name of a leaf category.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Names> {
        let mut leaves = self.reference.categories.iter().flat_map(|group| &group.leaves);
        leaves.find(|leaf| leaf.code == code).map(|leaf| &leaf.name)
    }

    /// The name of a place, if one is given, and of its district.
    #[must_use]
    pub fn place(&self, district: Lgd, place: Option<Lgd>) -> Option<(Option<&Names>, &Names)> {
        let district = self.reference.districts.iter().find(|known| known.lgd == district)?;
        let place = district.places.iter().find(|known| Some(known.lgd) == place);
        Some((place.map(|place| &place.name), &district.name))
    }

    /// The name of a ground, whether that is in use or not.
    #[must_use]
    pub fn ground(&self, ground: Ground) -> Option<&Names> {
        self.grounds.iter().map(|(named, _)| named).find(|named| named.ground == ground).map(|named| &named.name)
    }

    /// What a validator looks at in a case of this category: first what all of its group have in common.
    #[must_use]
    pub fn checks(&self, category: Option<&CategoryCode>) -> Vec<Check> {
        let Some(category) = category else { return Vec::new() };
        let group = category.split('.').next().unwrap_or_default();
        let mut checks = Vec::new();
        for wanted in [group, category.as_str()] {
            checks.extend(
                self.visits.iter().filter(|(about, _)| about.as_str() == wanted).map(|(_, check)| check.clone()),
            );
        }
        checks
    }

    /// The question with this code.
    #[must_use]
    pub fn check(&self, code: &str) -> Option<&Names> {
        self.visits.iter().find(|(_, check)| check.code == code).map(|(_, check)| &check.ask)
    }

    /// A department by its code.
    #[must_use]
    pub fn department(&self, code: &str) -> Option<&Department> {
        self.reference.departments.iter().find(|department| department.code == code)
    }
}

impl Places for Tables {
    fn has(&self, district: Lgd, place: Option<Lgd>) -> bool {
        place.map_or_else(|| self.has_district(district), |place| self.is_urban(district, place).is_some())
    }
}

/// Names of the months, from the catalogues.
fn months(locales: &Path) -> Result<HashMap<Language, Vec<String>>> {
    let read = |language: Language| {
        let file = locales.join(format!("later.{}.json", language.tag()));
        let text = std::fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        let words: HashMap<String, String> =
            serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?;
        let months: Vec<String> =
            words.get("date.months").map(String::as_str).unwrap_or_default().split('|').map(str::to_owned).collect();
        if months.len() != 12 {
            bail!("{}: date.months names {} months", file.display(), months.len());
        }
        Ok((language, months))
    };
    Language::CITIZEN.into_iter().map(read).collect()
}

/// Rows of a table without its header, each with as many columns as the header.
fn rows(folder: &Source<'_>, file: &str) -> Result<Vec<Vec<String>>> {
    let text = folder.text(file)?;
    let mut lines = text.lines();
    let columns = lines.next().map_or(0, |header| header.split('\t').count());
    lines
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(|(index, line)| {
            let row: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if row.len() != columns {
                bail!("{file}, line {}: {} columns, not {columns}", index + 2, row.len());
            }
            Ok(row)
        })
        .collect()
}

fn cell(row: &[String], index: usize) -> String {
    row.get(index).cloned().unwrap_or_default()
}

fn names(row: &[String], en: usize, bn: usize) -> Names {
    Names { en: cell(row, en), bn: cell(row, bn), ..Names::default() }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn departments(folder: &Source<'_>) -> Result<Vec<Department>> {
    Ok(rows(folder, "departments.tsv")?
        .iter()
        .map(|row| Department { code: cell(row, 0).into(), name: names(row, 1, 2), short: names(row, 3, 4) })
        .collect())
}

fn superiors(folder: &Source<'_>, departments: &[Department]) -> Result<Vec<Superior>> {
    let mut superiors: Vec<Superior> = Vec::new();
    for row in rows(folder, "superiors.tsv")? {
        let (code, level) = (cell(&row, 0), cell(&row, 1));
        let department = (code != "*").then(|| DepartmentCode::from(code.as_str()));
        if department.as_ref().is_some_and(|code| departments.iter().all(|known| known.code != *code)) {
            bail!("superiors.tsv: there is no department {code}");
        }
        let read = level.parse().ok().filter(|level| (SUPERIORS_FROM..=4).contains(level));
        let level = read.with_context(|| format!("superiors.tsv: {code} has the level {level}, not 2, 3 or 4"))?;
        let name = names(&row, 2, 3);
        if name.en.trim().is_empty() || name.bn.trim().is_empty() {
            bail!("superiors.tsv: level {level} of {code} has no English or no Bengali name");
        }
        let mobile = some(cell(&row, 4)).map(|typed| Mobile::parse(&typed)).transpose();
        let mobile =
            mobile.map_err(|_| anyhow!("superiors.tsv: level {level} of {code} has no Indian mobile number"))?;
        let email = some(cell(&row, 5)).map(|typed| typed.parse()).transpose();
        let email = email.map_err(|_| anyhow!("superiors.tsv: level {level} of {code} has no address of mail"))?;
        superiors.push(Superior { department, level, name, mobile, email });
    }
    for level in SUPERIORS_FROM..=4 {
        if !superiors.iter().any(|superior| superior.department.is_none() && superior.level == level) {
            bail!("superiors.tsv: nobody is named for level {level} of the departments without their own (*)");
        }
    }
    Ok(superiors)
}

fn grounds(folder: &Source<'_>) -> Result<Vec<(GroundName, bool)>> {
    let mut grounds: Vec<(GroundName, bool)> = Vec::new();
    for row in rows(folder, "grounds.tsv")? {
        let code = cell(&row, 0);
        let ground = Ground::ALL.into_iter().find(|ground| code_of(ground) == code);
        let ground = ground.with_context(|| format!("grounds.tsv: this program knows no ground {code}"))?;
        let name =
            Names { en: cell(&row, 2), bn: cell(&row, 3), hi: cell(&row, 4), ne: cell(&row, 5), ur: cell(&row, 6) };
        if name.en.trim().is_empty() || name.bn.trim().is_empty() {
            bail!("grounds.tsv: {code} has no English or no Bengali name");
        }
        if grounds.iter().any(|(known, _)| known.ground == ground) {
            bail!("grounds.tsv: {code} is there twice");
        }
        grounds.push((GroundName { ground, name }, yes_or_no("grounds.tsv", &code, &cell(&row, 1))?));
    }
    // Its name stands on cases that were rejected on it.
    if let Some(missing) = Ground::ALL.into_iter().find(|one| grounds.iter().all(|(known, _)| known.ground != *one)) {
        bail!("grounds.tsv: {} is missing; where it is not to be chosen any more, say no", code_of(&missing));
    }
    Ok(grounds)
}

fn yes_or_no(file: &str, of: &str, text: &str) -> Result<bool> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => bail!("{file}: {of} says neither yes nor no, but {other}"),
    }
}

const OFFICE_COLUMNS: &str = "office\tdepartment\tdistrict\tname_en\tname_bn\tclosed";

fn offices(folder: &Source<'_>, departments: &[Department], districts: &[District]) -> Result<Vec<Office>> {
    let mut offices = BTreeMap::new();
    for row in rows(folder, OFFICES)? {
        let number = cell(&row, 0);
        let id: OfficeId = number.parse().with_context(|| format!("{OFFICES}: number {number}"))?;
        let department = cell(&row, 1);
        if !departments.iter().any(|known| known.code == *department) {
            bail!("{OFFICES}: office {id} is of the unknown department {department}");
        }
        let district = match some(cell(&row, 2)) {
            Some(code) => {
                let known = districts.iter().find(|known| known.lgd.to_string() == code);
                Some(known.with_context(|| format!("{OFFICES}: office {id} is in the unknown district {code}"))?.lgd)
            }
            None => None,
        };
        let name = names(&row, 3, 4);
        if name.en.trim().is_empty() || name.bn.trim().is_empty() {
            bail!("{OFFICES}: office {id} has no English or no Bengali name");
        }
        let closed = yes_or_no(OFFICES, &format!("office {id}"), &cell(&row, 5))?;
        let office = Office { id, department: department.as_str().into(), district, name, closed };
        if offices.insert(id, office).is_some() {
            bail!("{OFFICES}: office {id} is there twice");
        }
    }
    Ok(offices.into_values().collect())
}

/// Offices as the table of them has them, by number.
#[must_use]
pub fn offices_as_table(offices: &[Office]) -> String {
    let mut table = format!("{OFFICE_COLUMNS}\n");
    for Office { id, department, district, name, closed } in offices {
        let district = district.map(|lgd| lgd.to_string()).unwrap_or_default();
        // A name is one cell of one line.
        let [en, bn] = [&name.en, &name.bn].map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        let closed = if *closed { "yes" } else { "no" };
        table.push_str(&format!("{id}\t{department}\t{district}\t{en}\t{bn}\t{closed}\n"));
    }
    table
}

/// Names in the other languages of citizens' screens, by table and code.
struct MoreNames(HashMap<(String, String), [String; 3]>);

fn more_names(folder: &Source<'_>) -> Result<MoreNames> {
    let rows = rows(folder, "names.tsv")?;
    let named = |row: &Vec<String>| ((cell(row, 0), cell(row, 1)), [cell(row, 2), cell(row, 3), cell(row, 4)]);
    Ok(MoreNames(rows.iter().map(named).collect()))
}

impl MoreNames {
    fn add(&self, table: &str, code: &str, names: &mut Names) {
        if let Some([hi, ne, ur]) = self.0.get(&(table.to_owned(), code.to_owned())) {
            (names.hi, names.ne, names.ur) = (hi.clone(), ne.clone(), ur.clone());
        }
    }
}

type Urban = HashMap<(Lgd, Lgd), bool>;

fn places(folder: &Source<'_>) -> Result<(Vec<District>, Urban)> {
    let mut districts: Vec<District> = Vec::new();
    let mut urban = HashMap::new();
    let mut aliases: HashMap<Lgd, String> = HashMap::new();
    for row in rows(folder, "aliases.tsv")? {
        let lgd = cell(&row, 0).parse().with_context(|| format!("aliases.tsv: code {}", cell(&row, 0)))?;
        aliases.insert(lgd, cell(&row, 1));
    }
    let mut table = rows(folder, "places.tsv")?;
    // A town that lies in two districts may be listed before the second of them.
    table.sort_by_key(|row| cell(row, 1) != "district");
    for row in table {
        let lgd: Lgd = cell(&row, 0).parse().with_context(|| format!("places.tsv: code {}", cell(&row, 0)))?;
        let name = names(&row, 2, 3);
        if cell(&row, 1) == "district" {
            let aliases = aliases.get(&lgd).cloned().unwrap_or_default();
            districts.push(District { lgd, name, places: Vec::new(), pins: Vec::new(), aliases });
            continue;
        }
        let of: Lgd = cell(&row, 4).parse().with_context(|| format!("places.tsv: district of {lgd}"))?;
        let is_urban = cell(&row, 5) == "urban";
        urban.insert((of, lgd), is_urban);
        let district = districts.iter_mut().find(|district| district.lgd == of);
        district.with_context(|| format!("places.tsv: {lgd} is in no district"))?.places.push(Place {
            lgd,
            name,
            urban: is_urban,
            aliases: aliases.get(&lgd).cloned().unwrap_or_default(),
        });
    }
    for row in rows(folder, "pincodes.tsv")? {
        let number =
            |index| cell(&row, index).parse::<u32>().with_context(|| format!("pincodes.tsv: {}", row.join(" ")));
        let (from, to, of) = (number(0)?, number(1)?, number(2)?);
        let district = districts.iter_mut().find(|district| district.lgd.get() == of);
        district.with_context(|| format!("pincodes.tsv: there is no district {of}"))?.pins.push((from, to));
    }
    districts.sort_by(|a, b| a.name.en.cmp(&b.name.en));
    for district in &mut districts {
        district.places.sort_by(|a, b| a.name.en.cmp(&b.name.en));
    }
    Ok((districts, urban))
}

type CategoryTables = (Vec<Category>, std::collections::BTreeMap<CategoryCode, CategoryRule>);

fn categories(folder: &Source<'_>) -> Result<CategoryTables> {
    let mut tree: Vec<Category> = Vec::new();
    let mut rules = std::collections::BTreeMap::new();
    for row in rows(folder, "categories.tsv")? {
        let (code, parent, name) = (cell(&row, 0), cell(&row, 1), names(&row, 2, 3));
        if parent.is_empty() {
            tree.push(Category { code, name, leaves: Vec::new() });
            continue;
        }
        let lane = match cell(&row, 7).as_str() {
            "ordinary" => Lane::Ordinary,
            "emergency24" => Lane::Emergency24,
            "emergency2" => Lane::Emergency2,
            other => bail!("categories.tsv: {code} has the unknown lane {other}"),
        };
        let limit_days = cell(&row, 6).parse().with_context(|| format!("categories.tsv: limit of {code}"))?;
        let department = DepartmentCode::from(cell(&row, 4));
        let department_urban = some(cell(&row, 5)).map(DepartmentCode::from);
        let leaf = CategoryCode::from(code.as_str());
        let rule = CategoryRule {
            department: department.clone(),
            department_urban: department_urban.clone(),
            limit_days,
            lane,
            shielded: cell(&row, 8) == "yes",
        };
        rules.insert(leaf.clone(), rule);
        let keywords = cell(&row, 9).split('|').map(str::to_owned).collect();
        let group = tree.iter_mut().find(|group| group.code == parent);
        group.with_context(|| format!("categories.tsv: {code} is in no group"))?.leaves.push(Leaf {
            code: leaf,
            name,
            department,
            department_urban,
            limit_days,
            lane,
            keywords,
        });
    }
    Ok((tree, rules))
}

fn reasons(folder: &Source<'_>, rules: &Rules) -> Result<Reasons> {
    let text = folder.text("reasons.json")?;
    let reasons: Reasons = serde_json::from_str(&text).context("reasons.json")?;
    let faults = reasons.faults(|code| rules.categories.contains_key(code));
    if !faults.is_empty() {
        bail!("reasons.json: {}", faults.join("; "));
    }
    Ok(reasons)
}

/// Whether people may write on a page of this language in the script of a sign: its own or Latin; on English pages also
/// Bengali.
fn is_likely(sign: &str, language: Language) -> bool {
    sign.chars().find(|c| c.is_alphabetic()).is_none_or(|c| match c {
        '\u{0980}'..='\u{09FF}' => !matches!(language, Language::Hindi | Language::Nepali | Language::Urdu),
        '\u{0900}'..='\u{097F}' => matches!(language, Language::Hindi | Language::Nepali),
        '\u{0600}'..='\u{06FF}' => language == Language::Urdu,
        _ => true,
    })
}

fn visits(folder: &Source<'_>, categories: &[Category]) -> Result<Vec<(CategoryCode, Check)>> {
    let mut visits: Vec<(CategoryCode, Check)> = Vec::new();
    for row in rows(folder, "visits.tsv")? {
        let (code, about, ask) = (cell(&row, 0), CategoryCode::from(cell(&row, 1)), names(&row, 2, 3));
        let known =
            |group: &Category| group.code == about.as_str() || group.leaves.iter().any(|leaf| leaf.code == about);
        if !categories.iter().any(known) {
            bail!("visits.tsv: {code} is about the unknown category {about}");
        }
        if code.is_empty() || ask.en.is_empty() || visits.iter().any(|(_, check)| check.code == code) {
            bail!("visits.tsv: {code} stands there twice, or has no code or no question");
        }
        let must = match cell(&row, 4).as_str() {
            "yes" => true,
            "no" => false,
            other => bail!("visits.tsv: {code} says neither yes nor no, but {other}"),
        };
        visits.push((about, Check { code, ask, must }));
    }
    Ok(visits)
}

fn topics(folder: &Source<'_>, categories: &[Category]) -> Result<Topics> {
    let text = folder.text("topics.json")?;
    let topics: Topics = serde_json::from_str(&text).context("topics.json")?;
    let known = |code: &str| {
        categories.iter().any(|group| group.code == code || group.leaves.iter().any(|leaf| leaf.code == code))
    };
    let faults = topics.faults(known);
    if !faults.is_empty() {
        bail!("topics.json: {}", faults.join("; "));
    }
    Ok(topics)
}

fn positions(folder: &Source<'_>) -> Result<Vec<PlaceAt>> {
    let read = |row: &Vec<String>| -> Option<PlaceAt> {
        #[allow(clippy::cast_possible_truncation)] // a degree has a thousand of them
        let thousandths = |text: String| text.parse::<f64>().ok().map(|degrees| (degrees * 1000.0).round() as i32);
        let (north, east) = (thousandths(cell(row, 1))?, thousandths(cell(row, 2))?);
        Some(PlaceAt { lgd: cell(row, 0).parse().ok()?, north, east })
    };
    let rows = rows(folder, "positions.tsv")?;
    rows.iter().map(|row| read(row).with_context(|| format!("positions.tsv: {}", row.join(" ")))).collect()
}

fn answers(folder: &Source<'_>) -> Result<Words> {
    let text = folder.text("answers.json")?;
    let words: Words = serde_json::from_str(&text).context("answers.json")?;
    let faults = words.faults();
    if !faults.is_empty() {
        bail!("answers.json: {}", faults.join("; "));
    }
    Ok(words)
}

fn holidays(folder: &Source<'_>) -> Result<std::collections::BTreeSet<chrono::NaiveDate>> {
    rows(folder, "holidays.tsv")?
        .iter()
        .map(|row| cell(row, 0).parse().with_context(|| format!("holidays.tsv: {}", cell(row, 0))))
        .collect()
}

/// Digits of the number under which the operators know a text.
const ID_DIGITS: usize = 19;

fn templates(folder: &Source<'_>) -> Result<HashMap<(Template, Language), RegisteredText>> {
    let (mut texts, mut ids) = (HashMap::new(), HashSet::new());
    for row in rows(folder, "templates.tsv")? {
        let code = cell(&row, 0);
        let template = Template::ALL.into_iter().find(|template| code_of(template) == code).with_context(|| {
            format!("templates.tsv: this program knows no template {code}: is `public` of another version? (--public)")
        })?;
        let language = Language::from_tag(&cell(&row, 1))
            .with_context(|| format!("templates.tsv: unknown language {}", cell(&row, 1)))?;
        let id = cell(&row, 2);
        // By any other the operators drop the text.
        if id.len() != ID_DIGITS || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            bail!(
                "templates.tsv: {code} in {} has {id:?} as its registered number, which must have {ID_DIGITS} digits: was it \
                 rounded by a spreadsheet?",
                language.tag()
            );
        }
        if !ids.insert(id.clone()) {
            bail!("templates.tsv: the registered number {id} stands twice: was it rounded by a spreadsheet?");
        }
        texts.insert((template, language), RegisteredText { id, pattern: cell(&row, 3) });
    }
    for template in Template::ALL {
        for language in Language::CITIZEN {
            if !texts.contains_key(&(template, language)) {
                bail!("templates.tsv: {} has no text in {}", code_of(&template), language.tag());
            }
        }
    }
    // What a question offers is read from its text when the answer comes.
    for ((template, language), text) in texts.iter().filter(|((template, _), _)| Template::ASKING.contains(template)) {
        let asked = render(&text.pattern, &["4831 9027 5516", "57", "58", "https://a/l/1"].map(str::to_owned));
        if offered(&asked) != Some((57, 58)) {
            bail!(
                "templates.tsv: {} in {} must offer the replies for yes and for no one after the other, without other \
                 numbers of one or two digits before or between them",
                code_of(template),
                language.tag()
            );
        }
    }
    Ok(texts)
}

/// The tables of one language, ready to be sent: made once, since anybody may ask for them as often as they like.
#[derive(Debug)]
pub struct ReadyTables {
    /// As JSON.
    pub json: Bytes,
    /// The same, compressed by Brotli.
    pub brotli: Bytes,
    /// SHA-256 of the JSON, hexadecimal.
    pub digest: String,
}

impl ReadyTables {
    /// With names in one language, English and Bengali.
    ///
    /// # Errors
    /// None in practice.
    pub fn of(tables: &Tables, language: Language) -> std::io::Result<Self> {
        let json = serde_json::to_vec(&tables.reference_in(language))?;
        let digest = hex::encode(Sha256::digest(&json));
        let mut brotli = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut brotli, 4096, 9, 22);
        writer.write_all(&json)?;
        drop(writer);
        Ok(Self { json: json.into(), brotli: brotli.into(), digest })
    }
}
