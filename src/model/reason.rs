//! Reason trees: the two or three questions that decide a case of a category, which papers to attach, and what the
//! citizen can do at once. They are data (`public/reference/reasons.json`), changed without a build.

use crate::clock::Lane;
use crate::lodging::Reason;
use crate::wire::Names;
use crate::{CategoryCode, sign, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Every tree with its questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reasons {
    /// Papers by their names here.
    pub papers: BTreeMap<String, Names>,
    /// Questions by their names.
    pub questions: BTreeMap<String, Question>,
    /// Which categories ask which questions.
    pub trees: Vec<Tree>,
    /// The question that is asked first where somebody may be in danger.
    pub danger: Option<Danger>,
}

/// One question with its options.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// What is asked.
    pub ask: Names,
    /// What may be answered.
    pub options: Vec<Choice>,
}

/// An option and what follows from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// Its name within the question.
    pub id: String,
    /// What the citizen reads.
    pub label: Names,
    /// Papers of which a photo helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<String>,
    /// What the citizen can do at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Names>,
    /// Questions asked because of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// The lane that it calls for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Whether the citizen's name is then kept from the department, whatever they say of that: a bribe is asked for by those who
    /// would read it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hides: bool,
}

/// The questions of some categories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tree {
    /// Leaf categories.
    #[serde(rename = "for")]
    pub categories: Vec<CategoryCode>,
    /// Names of the questions, in order.
    pub ask: Vec<String>,
}

/// When to ask whether somebody is in danger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Danger {
    /// Name of the question.
    pub question: String,
    /// Leaf categories that always ask.
    #[serde(rename = "for")]
    pub categories: Vec<CategoryCode>,
    /// Signs, in any script, at which it is asked whatever the category: see [`Danger::applies`].
    pub words: Vec<String>,
    /// Sayings that hold such words and mean no danger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// Words within which all parts of a sign must stand.
const NEAR: usize = 6;

impl Reasons {
    /// The questions on the way of somebody with this category and text who has answered so far.
    #[must_use]
    pub fn asked(&self, category: Option<&str>, text: &str, answers: &[Reason]) -> Vec<&str> {
        let mut asked = Vec::new();
        // Whoever says so themselves is asked whatever the words and the category are.
        let told = |danger: &&Danger| danger.applies(category, text) || self.is_urgent(answers);
        if let Some(danger) = self.danger.as_ref().filter(told) {
            self.follow(&danger.question, answers, &mut asked);
        }
        let trees = self.trees.iter().filter(|tree| tree.categories.iter().any(|code| Some(code.as_str()) == category));
        for question in trees.flat_map(|tree| &tree.ask) {
            self.follow(question, answers, &mut asked);
        }
        asked
    }

    fn follow<'a>(&'a self, name: &'a str, answers: &[Reason], asked: &mut Vec<&'a str>) {
        if asked.contains(&name) || !self.questions.contains_key(name) {
            return;
        }
        asked.push(name);
        let answer = answers.iter().find(|answer| answer.question == name);
        for next in answer.and_then(|answer| self.choice(answer)).map_or(&[][..], |choice| &choice.then) {
            self.follow(next, answers, asked);
        }
    }

    /// What was chosen by an answer.
    #[must_use]
    pub fn choice(&self, answer: &Reason) -> Option<&Choice> {
        self.questions.get(&answer.question)?.options.iter().find(|choice| choice.id == answer.option)
    }

    /// Whether an answer keeps the citizen's name from the department.
    #[must_use]
    pub fn hides(&self, answers: &[Reason]) -> bool {
        answers.iter().any(|answer| self.choice(answer).is_some_and(|choice| choice.hides))
    }

    /// The fastest lane that the answers call for.
    #[must_use]
    pub fn lane(&self, answers: &[Reason]) -> Lane {
        let lanes = answers.iter().filter_map(|answer| self.choice(answer)?.lane);
        lanes.fold(Lane::Ordinary, Lane::faster)
    }

    /// Whether somebody has answered that there is danger: then where it is and a number are enough, and the rest is asked
    /// afterwards.
    #[must_use]
    pub fn is_urgent(&self, answers: &[Reason]) -> bool {
        let question = self.danger.as_ref().map(|danger| danger.question.as_str());
        answers
            .iter()
            .filter(|answer| Some(answer.question.as_str()) == question)
            .any(|answer| self.choice(answer).and_then(|choice| choice.lane).is_some_and(Lane::is_emergency))
    }

    /// Whether every answer is one of an existing question, and none is answered twice.
    #[must_use]
    pub fn knows(&self, answers: &[Reason]) -> bool {
        answers.iter().enumerate().all(|(index, answer)| {
            let earlier = answers.get(..index).unwrap_or_default();
            self.choice(answer).is_some() && earlier.iter().all(|other| other.question != answer.question)
        })
    }

    /// What does not fit: names that nothing has. Empty where all is well.
    #[must_use]
    pub fn faults(&self, is_category: impl Fn(&str) -> bool) -> Vec<String> {
        let mut faults = Vec::new();
        let choices = self.questions.values().flat_map(|question| &question.options);
        let questions =
            self.trees.iter().flat_map(|tree| &tree.ask).chain(choices.clone().flat_map(|choice| &choice.then));
        for name in questions.chain(self.danger.as_ref().map(|danger| &danger.question)) {
            if !self.questions.contains_key(name) {
                faults.push(format!("there is no question {name}"));
            }
        }
        for name in choices.flat_map(|choice| &choice.papers).filter(|name| !self.papers.contains_key(*name)) {
            faults.push(format!("there is no paper {name}"));
        }
        for sign in self.danger.iter().flat_map(|danger| danger.words.iter().chain(&danger.except)) {
            let folded = sign::folded(sign);
            if folded != *sign {
                faults.push(format!("the sign of danger \"{sign}\" is found as \"{folded}\""));
            }
        }
        let categories = self.trees.iter().flat_map(|tree| &tree.categories);
        for code in categories.chain(self.danger.iter().flat_map(|danger| &danger.categories)) {
            if !is_category(code) {
                faults.push(format!("there is no category {code}"));
            }
        }
        faults
    }
}

impl Danger {
    /// Whether it is asked of this category, or at these words. A sign is one or more parts, parted by spaces, each with
    /// its spellings and beginnings, parted by bars: `pole|wire fallen|hanging`. All parts stand in one sentence, near each
    /// other, in any order; a word has a part where it begins with one of its spellings, for endings follow in every
    /// language here. Signs are written as [`text::search_key`] gives them.
    #[must_use]
    pub fn applies(&self, category: Option<&str>, said: &str) -> bool {
        category.is_some_and(|category| self.categories.iter().any(|code| code == category)) || self.is_told(said)
    }

    fn is_told(&self, said: &str) -> bool {
        let sentences = said.split(['.', '!', '?', '\n', '।', '॥', '۔', '؟']).map(text::search_key);
        sentences.filter(|sentence| !sentence.is_empty()).any(|sentence| {
            let words: Vec<&str> = sentence.split(' ').collect();
            // A saying takes away the words around it, not what else is told without a full stop.
            let (mut rest, mut from) = (Vec::new(), 0);
            while let Some(word) = words.get(from) {
                let near = stretch(&words, from);
                if self.except.iter().any(|saying| stands_in(saying, near)) {
                    from += NEAR;
                } else {
                    rest.push(*word);
                    from += 1;
                }
            }
            self.words.iter().any(|sign| stands_in(sign, &rest))
        })
    }
}

/// Whether a sign stands among these words, each of which may have an ending of its own.
fn stands_in(sign: &str, words: &[&str]) -> bool {
    sign::places(sign, words, NEAR, |word, spelling| word.starts_with(spelling)).is_some()
}

/// The words near each other that begin here.
fn stretch<'a, 'b>(words: &'a [&'b str], from: usize) -> &'a [&'b str] {
    words.get(from..words.len().min(from + NEAR)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons() -> Reasons {
        serde_json::from_str(
            r#"{"papers": {"slip": {"en": "Slip", "bn": "রসিদ"}},
                "questions": {
                  "danger": {"ask": {"en": "Danger?", "bn": ""}, "options": [
                    {"id": "now", "label": {"en": "Now", "bn": ""}, "lane": "emergency2"},
                    {"id": "no", "label": {"en": "No", "bn": ""}}]},
                  "state": {"ask": {"en": "State?", "bn": ""}, "options": [
                    {"id": "unpaid", "label": {"en": "Unpaid", "bn": ""}, "papers": ["slip"], "then": ["bank"]},
                    {"id": "unknown", "label": {"en": "I do not know", "bn": ""}}]},
                  "bank": {"ask": {"en": "Bank?", "bn": ""}, "options": [
                    {"id": "today", "label": {"en": "Today", "bn": ""}, "lane": "emergency24"}]}},
                "trees": [{"for": ["pension"], "ask": ["state"]}],
                "danger": {"question": "danger", "for": ["health"], "words": ["আগুন", "bleeding"]}}"#,
        )
        .expect("reasons")
    }

    fn answer(question: &str, option: &str) -> Reason {
        Reason { question: question.into(), option: option.into() }
    }

    #[test]
    fn the_way_follows_the_answers() {
        let reasons = reasons();
        assert_eq!(reasons.asked(Some("pension"), "", &[]), ["state"]);
        assert_eq!(reasons.asked(Some("pension"), "", &[answer("state", "unpaid")]), ["state", "bank"]);
        assert_eq!(reasons.asked(Some("pension"), "", &[answer("state", "unknown")]), ["state"]);
        assert_eq!(reasons.asked(Some("roads"), "", &[]), [""; 0]);
        assert_eq!(reasons.asked(Some("health"), "", &[]), ["danger"]);
    }

    #[test]
    fn words_of_danger_are_found_in_any_script_and_not_within_words() {
        let reasons = reasons();
        assert_eq!(reasons.asked(None, "বাড়িতে আগুন! তাড়াতাড়ি", &[]), ["danger"]);
        assert_eq!(reasons.asked(Some("pension"), "She is BLEEDING", &[]), ["danger", "state"]);
        assert_eq!(reasons.asked(None, "unbleeding", &[]), [""; 0]);
    }

    #[test]
    fn whoever_says_that_there_is_danger_is_heard_whatever_they_wrote() {
        let reasons = reasons();
        let urgent = [answer("danger", "now")];
        assert!(reasons.is_urgent(&urgent));
        assert_eq!(reasons.asked(None, "come", &urgent), ["danger"]);
        assert!(!reasons.is_urgent(&[answer("danger", "no"), answer("bank", "today")]));
        assert_eq!(reasons.asked(None, "come", &[answer("danger", "no")]), [""; 0]);
    }

    #[test]
    fn the_fastest_lane_counts_and_unknown_answers_are_told() {
        let reasons = reasons();
        let answers = [answer("bank", "today"), answer("danger", "now")];
        assert_eq!(reasons.lane(&answers), Lane::Emergency2);
        assert_eq!(reasons.lane(&[answer("state", "unpaid")]), Lane::Ordinary);
        assert!(reasons.knows(&answers));
        assert!(!reasons.knows(&[answer("bank", "never")]));
        assert!(!reasons.knows(&[answer("bank", "today"), answer("bank", "today")]));
    }

    #[test]
    fn faults_are_named() {
        let mut reasons = reasons();
        assert_eq!(reasons.faults(|_| true), [""; 0]);
        reasons.papers.clear();
        reasons.questions.remove("bank");
        assert_eq!(reasons.faults(|code| code == "pension").len(), 3);
    }
}
