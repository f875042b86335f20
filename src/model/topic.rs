//! Suggests the categories of a grievance from its words, by signs for each group of categories and each category,
//! which are data.

use crate::sign::{self, Signs};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All parts of a sign must stand within so many words.
const NEAR: usize = 8;
/// Words of a text that are read: its subject stands near the beginning.
const READ: usize = 400;
/// Most categories that are suggested.
pub const SUGGESTED: usize = 3;

/// Signs by the code of a group or category; see `sign.rs` for their form. A word matches a part where it begins with
/// one of its spellings, since words take endings in every language here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topics(BTreeMap<String, Signs>);

impl Topics {
    /// The categories among `leaves` whose signs match a text, best first, at most [`SUGGESTED`]. Signs with more parts
    /// weigh more. Signs of a group count for all its categories, of which the first then leads.
    #[must_use]
    pub fn suggest<'a>(&self, said: &str, leaves: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let said = text::search_key(said);
        let words: Vec<&str> = said.split(' ').filter(|word| !word.is_empty()).take(READ).collect();
        let mut groups = BTreeMap::new();
        let mut scored: Vec<(u32, &str)> = leaves
            .into_iter()
            .map(|leaf| {
                let group = leaf.split('.').next().unwrap_or_default();
                let of_group = *groups.entry(group).or_insert_with(|| self.score(group, &words, [2, 3, 3]));
                (of_group + self.score(leaf, &words, [2, 5, 8]), leaf)
            })
            .filter(|(score, _)| *score > 0)
            .collect();
        // A stable sort: equals keep the order of the table.
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().take(SUGGESTED).map(|(_, leaf)| leaf).collect()
    }

    /// The groups of categories of which signs match a text, each with the weight of all its signs.
    #[must_use]
    pub(crate) fn groups(&self, said: &str) -> BTreeMap<&str, u32> {
        let said = text::search_key(said);
        let words: Vec<&str> = said.split(' ').filter(|word| !word.is_empty()).take(READ).collect();
        let mut groups = BTreeMap::new();
        for code in self.0.keys() {
            let weight = self.score(code, &words, [2, 5, 8]);
            if weight > 0 {
                *groups.entry(code.split('.').next().unwrap_or_default()).or_insert(0) += weight;
            }
        }
        groups
    }

    /// Each sign that matches a text of these words, with the group or category that it speaks for.
    pub(crate) fn standing<'a>(&'a self, words: &[&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let words = words.get(..READ).unwrap_or(words);
        self.0.iter().flat_map(move |(code, signs)| signs.standing(words, NEAR).map(move |sign| (code.as_str(), sign)))
    }

    /// The weight of the signs that match, by the number of their parts.
    fn score(&self, code: &str, words: &[&str], weights: [u32; 3]) -> u32 {
        let found = self.0.get(code).into_iter().flat_map(|signs| signs.standing(words, NEAR));
        found
            .map(|sign| {
                let parts = sign.split(' ').count().clamp(1, weights.len());
                weights.get(parts - 1).copied().unwrap_or(0)
            })
            .sum()
    }

    /// Inconsistencies: unknown codes, and signs that could never match. Empty where there are none.
    #[must_use]
    pub fn faults(&self, is_known: impl Fn(&str) -> bool) -> Vec<String> {
        let unknown = self.0.keys().filter(|code| !is_known(code)).map(|code| format!("there is no category {code}"));
        let wrong = self.0.iter().flat_map(|(code, signs)| {
            signs.written().filter(|sign| sign::folded(sign) != *sign).map(move |sign| format!("{code}: {sign}"))
        });
        unknown.chain(wrong).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAVES: [&str; 3] = ["water.supply", "water.leak", "roads.potholes"];

    fn topics() -> Topics {
        serde_json::from_str(
            r#"{"water": ["water|jol"], "water.supply": ["tap dry|empty"], "water.leak": ["pipe burst", "leak"],
                "roads.potholes": ["pothol", "road hole"]}"#,
        )
        .expect("topics")
    }

    #[test]
    fn what_has_more_signs_comes_first() {
        let topics = topics();
        assert_eq!(topics.suggest("Our tap is dry, no water for three days", LEAVES), ["water.supply", "water.leak"]);
        assert_eq!(topics.suggest("water leaks from a burst pipe", LEAVES), ["water.leak", "water.supply"]);
        assert_eq!(topics.suggest("Potholes!", LEAVES), ["roads.potholes"]);
        assert_eq!(topics.suggest("jol nei", LEAVES), ["water.supply", "water.leak"]);
        assert_eq!(topics.suggest("", LEAVES), [""; 0]);
        assert_eq!(topics.suggest("the roadside school", LEAVES), [""; 0]);
    }

    #[test]
    fn faults_are_named() {
        let known = |code: &str| LEAVES.contains(&code) || code == "water";
        assert_eq!(topics().faults(known), [""; 0]);
        let wrong: Topics = serde_json::from_str(r#"{"water": ["Water"], "fire": []}"#).expect("topics");
        assert_eq!(wrong.faults(known), ["there is no category fire", "water: Water"]);
    }
}
