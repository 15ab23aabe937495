//! What was measured, for people and for programs.

use console::style;
use serde_json::{Map, Value, json};

/// All that was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order they are printed.
    pub tables: Vec<Table>,
}

/// Lines of one subject.
#[derive(Debug)]
pub struct Table {
    /// Its name in the JSON file.
    pub key: &'static str,
    /// Its heading.
    pub title: String,
    /// What must be known to read it.
    pub remarks: Vec<String>,
    /// What was measured.
    pub lines: Vec<Line>,
}

/// One thing measured: its figures, and whether they are as they should be.
#[derive(Debug)]
pub struct Line {
    /// Its name in the JSON file.
    pub key: String,
    /// Its name for people.
    pub what: String,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What is asked of them; nothing where there is no goal.
    pub goals: Vec<Goal>,
}

/// One figure.
#[derive(Debug)]
pub struct Figure {
    /// Its name in the JSON file, unit last, and in the table's head.
    pub name: &'static str,
    /// The figure itself.
    pub value: Value,
    /// How it is printed.
    pub shown: String,
}

/// Something asked of a line.
#[derive(Debug)]
pub struct Goal {
    /// What is asked.
    pub what: String,
    /// How strictly.
    pub kind: GoalKind,
    /// Whether it was reached.
    pub reached: bool,
}

/// How strictly a goal is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoalKind {
    /// Counted, the same on every machine: missing it is an error.
    Budget,
    /// Timed, and so at the mercy of the machine's other work: missing it is shown.
    Aim,
}

impl Figure {
    /// A count, exact.
    pub fn count(name: &'static str, count: u64) -> Self {
        Self { name, value: json!(count), shown: grouped(count) }
    }

    /// A measured figure, shown with this many decimals.
    pub fn measured(name: &'static str, value: f64, decimals: usize) -> Self {
        Self { name, value: json!(value), shown: format!("{value:.decimals$}") }
    }

    /// A figure that does not exist for this line.
    pub fn none(name: &'static str) -> Self {
        Self { name, value: Value::Null, shown: "-".to_owned() }
    }
}

impl Goal {
    /// A budget.
    pub fn budget(what: impl Into<String>, reached: bool) -> Self {
        Self { what: what.into(), kind: GoalKind::Budget, reached }
    }

    /// An aim.
    pub fn aim(what: impl Into<String>, reached: bool) -> Self {
        Self { what: what.into(), kind: GoalKind::Aim, reached }
    }
}

impl Report {
    /// The goals that were missed.
    pub fn missed(&self, kind: GoalKind) -> impl Iterator<Item = (&Line, &Goal)> {
        let lines = self.tables.iter().flat_map(|table| &table.lines);
        let goals = lines.flat_map(|line| line.goals.iter().map(move |goal| (line, goal)));
        goals.filter(move |(_, goal)| goal.kind == kind && !goal.reached)
    }

    /// All figures as one JSON object: table, line, figure.
    pub fn to_json(&self) -> Value {
        let tables = self.tables.iter().map(|table| (table.key.to_owned(), table.to_json()));
        Value::Object(tables.collect())
    }

    /// Prints the tables.
    pub fn print(&self) {
        self.tables.iter().for_each(Table::print);
    }
}

impl Table {
    fn to_json(&self) -> Value {
        let lines = self.lines.iter().map(|line| (line.key.clone(), line.to_json()));
        Value::Object(lines.collect())
    }

    /// Lines with the same figures stand under one head.
    fn print(&self) {
        println!("\n{}", style(&self.title).bold().underlined());
        self.remarks.iter().for_each(|remark| println!("  {}", style(remark).dim()));
        let wide = self.lines.iter().map(|line| line.what.chars().count()).max().unwrap_or_default();
        let mut head: Vec<&str> = Vec::new();
        for line in &self.lines {
            let names: Vec<&str> = line.figures.iter().map(|figure| figure.name).collect();
            if names != head {
                let titles: String = line.figures.iter().map(|figure| column(figure, &figure.title())).collect();
                println!("  {:wide$}{}", "", style(titles).dim());
                head = names;
            }
            let figures: String = line.figures.iter().map(|figure| column(figure, &figure.shown)).collect();
            println!("  {:wide$}{figures}{}", line.what, line.verdict());
        }
    }
}

impl Line {
    fn to_json(&self) -> Value {
        let figures = self.figures.iter().map(|figure| (figure.name.to_owned(), figure.value.clone()));
        let mut object: Map<String, Value> = figures.collect();
        if !self.goals.is_empty() {
            let goals = self.goals.iter().map(|goal| json!({ "goal": goal.what, "reached": goal.reached }));
            object.insert("goals".to_owned(), goals.collect());
        }
        Value::Object(object)
    }

    fn verdict(&self) -> String {
        let marks = self.goals.iter().map(|goal| {
            let mark = if goal.reached { style("✓").green() } else { style("✗").red().bold() };
            format!("   {mark} {}", goal.what)
        });
        marks.collect()
    }
}

impl Figure {
    fn title(&self) -> String {
        self.name.replace('_', " ")
    }
}

fn column(figure: &Figure, text: &str) -> String {
    let wide = figure.title().chars().count().max(11) + 2;
    format!("{text:>wide$}")
}

/// Digits in groups of three.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(reached: bool) -> Report {
        let line = Line {
            key: "sale".to_owned(),
            what: "a sale".to_owned(),
            figures: vec![Figure::count("bytes", 1_234_567), Figure::none("naive_bytes")],
            goals: vec![Goal::budget("≤ 9 exchanges", reached)],
        };
        Report { tables: vec![Table { key: "taps", title: "Taps".to_owned(), remarks: Vec::new(), lines: vec![line] }] }
    }

    #[test]
    fn json_names_table_line_figure_and_goal() {
        let goal = json!({ "goal": "≤ 9 exchanges", "reached": true });
        let sale = json!({ "bytes": 1_234_567, "naive_bytes": null, "goals": [goal] });
        assert_eq!(report(true).to_json(), json!({ "taps": { "sale": sale } }));
    }

    #[test]
    fn a_missed_budget_is_named() {
        assert_eq!(report(true).missed(GoalKind::Budget).count(), 0);
        assert_eq!(report(false).missed(GoalKind::Aim).count(), 0);
        let report = report(false);
        let missed: Vec<&str> = report.missed(GoalKind::Budget).map(|(line, _)| line.key.as_str()).collect();
        assert_eq!(missed, ["sale"]);
    }

    #[test]
    fn long_counts_are_grouped() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }
}
