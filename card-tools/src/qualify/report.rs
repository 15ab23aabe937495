use satchel_transport::{Rate, Tally};
use serde::Serialize;
use std::time::Duration;

/// What came of a qualification.
#[derive(Debug, Clone)]
pub struct Report {
    /// Every step, in order.
    pub steps: Vec<Step>,
    /// The verdict.
    pub verdict: Verdict,
    /// What could not be taken off the card again; empty if it is blank.
    pub left_on_card: Vec<String>,
}

/// Whether the card type is fit for service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does all that the design relies on.
    Fit,
    /// It does not; each reason with its step.
    Unfit(Vec<String>),
    /// Nothing can be said: the reader failed, or the card is in use.
    NotJudged(String),
}

/// One step of the card's life.
#[derive(Debug, Clone)]
pub struct Step {
    /// What was done.
    pub name: String,
    /// What was found.
    pub finding: Finding,
    /// What else is worth knowing, such as optional commands that are not offered.
    pub notes: Vec<String>,
    /// Exchanges and bytes, and what they would take on air.
    pub tally: Tally,
    /// How long it took here, all in all.
    pub took: Duration,
}

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// All as it should be.
    Good,
    /// Something else, in words.
    Bad(String),
}

impl Report {
    /// The whole report as one JSON object. Times are microseconds, bytes are the APDUs both ways and six an exchange.
    pub fn to_json(&self) -> serde_json::Value {
        let (verdict, reasons) = match &self.verdict {
            Verdict::Fit => ("fit", Vec::new()),
            Verdict::Unfit(reasons) => ("unfit", reasons.clone()),
            Verdict::NotJudged(reason) => ("not judged", vec![reason.clone()]),
        };
        let steps = self.steps.iter().map(StepInJson::of).collect();
        let total = Figures::total(&self.steps);
        let report = ReportInJson { verdict, reasons, left_on_card: &self.left_on_card, total, steps };
        serde_json::to_value(report).expect("texts and numbers are JSON")
    }
}

#[derive(Serialize)]
struct ReportInJson<'r> {
    verdict: &'static str,
    reasons: Vec<String>,
    left_on_card: &'r [String],
    total: Figures,
    steps: Vec<StepInJson<'r>>,
}

#[derive(Serialize)]
struct StepInJson<'r> {
    name: &'r str,
    good: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    notes: &'r [String],
    #[serde(flatten)]
    figures: Figures,
}

impl<'r> StepInJson<'r> {
    fn of(step: &'r Step) -> Self {
        let reason = match &step.finding {
            Finding::Good => None,
            Finding::Bad(reason) => Some(reason.as_str()),
        };
        Self { name: &step.name, good: reason.is_none(), reason, notes: &step.notes, figures: Figures::of(step) }
    }
}

/// Counts and times of one step, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Figures {
    pub exchanges: u64,
    pub bytes: u64,
    #[serde(rename = "measured_us")]
    pub measured: u64,
    #[serde(rename = "modelled_106_us")]
    pub modelled_106: u64,
    #[serde(rename = "modelled_848_us")]
    pub modelled_848: u64,
}

impl Figures {
    pub(super) fn of(step: &Step) -> Self {
        Self {
            exchanges: step.tally.exchanges,
            bytes: step.tally.budget_bytes(),
            measured: u64::try_from(step.took.as_micros()).unwrap_or(u64::MAX),
            modelled_106: step.tally.total_us(Rate::Kbit106),
            modelled_848: step.tally.total_us(Rate::Kbit848),
        }
    }

    pub(super) fn total(steps: &[Step]) -> Self {
        steps.iter().map(Self::of).fold(Self::default(), |sum, one| Self {
            exchanges: sum.exchanges + one.exchanges,
            bytes: sum.bytes + one.bytes,
            measured: sum.measured.saturating_add(one.measured),
            modelled_106: sum.modelled_106 + one.modelled_106,
            modelled_848: sum.modelled_848 + one.modelled_848,
        })
    }
}
