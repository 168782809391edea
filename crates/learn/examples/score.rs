//! Trains on one CSV file with the defaults and measures on another: for looking at quality and
//! speed by hand.
//!
//! `score TRAIN.csv TEST.csv ALGORITHM TARGET TASK [PARAMS as JSON]`
#![expect(clippy::print_stdout, reason = "a program for people")]

use mlhub_domain::models::{AlgorithmChoice, Spec, Task, Validation};
use mlhub_domain::runs::{Event, Level};
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_learn::{Observer, train};
use mlhub_predict::Predictor;
use mlhub_recipe::{Frame, Values};
use serde_json::{Map, Value};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let [_, train_path, test_path, kind, target, task, rest @ ..] = args.as_slice() else {
        return Err("score TRAIN.csv TEST.csv ALGORITHM TARGET TASK [PARAMS]".into());
    };
    let params: Map<String, Value> =
        rest.first().map_or(Ok(Map::new()), |p| serde_json::from_str(p))?;
    let word = |word: &String| serde_json::from_value(Value::String(word.clone()));
    let spec = Spec {
        task: serde_json::from_value(Value::String(task.clone()))?,
        target: target.clone(),
        features: None,
        algorithm: AlgorithmChoice { kind: word(kind).map_err(Failure::from)?, params },
        validation: Validation::default(),
        seed: 42,
    };
    let (columns, frame) = table(&std::fs::read_to_string(train_path)?)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let trained = train(&spec, &columns, frame, threads, &mut Printer)?;
    let seconds = began.elapsed().as_secs_f64();
    let model = trained.model.ok_or("no model")?;
    println!("timing {:?}", trained.timing);
    println!("held out {:?}", model.metrics);
    for part in model.evaluation.importance.iter().take(5) {
        println!("  {} {:.3}", part.feature, part.value.0);
    }
    let predictor = Predictor::load(&model.artifact)?;
    let rows = rows(&std::fs::read_to_string(test_path)?, &predictor)?;
    let began = Instant::now();
    let predictions = predictor.predict(&rows)?;
    let per_second = rows.len() as f64 / began.elapsed().as_secs_f64();
    let pairs = predictions.predictions.iter().zip(&rows);
    let (mut hits, mut squares) = (0_u32, 0.0);
    for (prediction, row) in pairs {
        hits += u32::from(prediction.value == row[target]);
        if let (Some(a), Some(b)) = (prediction.value.as_f64(), row[target].as_f64()) {
            squares += (a - b) * (a - b);
        }
    }
    let count = rows.len() as f64;
    let score = match spec.task {
        Task::Classification => format!("accuracy {:.4}", f64::from(hits) / count),
        Task::Regression => format!("rmse {:.4}", (squares / count).sqrt()),
    };
    println!(
        "{train_path} {kind}: {score}; {:?} steps, {seconds:.2} s, {} KB, {per_second:.0} rows/s",
        trained.params.get("steps"),
        model.artifact.len() / 1024
    );
    Ok(())
}

struct Printer;

impl Observer for Printer {
    fn event(&mut self, event: Event) {
        match event {
            Event::Log { level: Level::Info, message } => println!("{message}"),
            Event::Log { message, .. } => println!("! {message}"),
            _ => {}
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// Fields of a line, quotes removed.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().expect("there is one").push(other),
        }
    }
    fields
}

fn table(text: &str) -> Result<(Vec<Column>, Frame), Failure> {
    let mut lines = text.lines();
    let names = fields(lines.next().ok_or("no header")?);
    let rows: Vec<Vec<String>> = lines.map(fields).collect();
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (at, name) in names.into_iter().enumerate() {
        let cells =
            || rows.iter().map(|row| row[at].as_str()).map(|c| (!c.is_empty()).then_some(c));
        let present = || cells().flatten();
        let (kind, column) = if present().all(|cell| cell.parse::<i64>().is_ok()) {
            let parse = |cell: Option<&str>| cell.and_then(|cell| cell.parse().ok());
            (LogicalType::Integer, Values::Integer(cells().map(parse).collect()))
        } else if present().all(|cell| cell.parse::<f64>().is_ok()) {
            let parse = |cell: Option<&str>| cell.and_then(|cell| cell.parse().ok());
            let numbers = cells().map(|cell| parse(cell).unwrap_or(f64::NAN)).collect();
            (LogicalType::Number, Values::Number(numbers))
        } else {
            (LogicalType::Text, Values::Text(cells().collect()))
        };
        columns.push(Column { name: name.clone(), kind });
        values.push((name, column));
    }
    Ok((columns, Frame::new(values)?))
}

fn rows(text: &str, predictor: &Predictor) -> Result<Vec<Map<String, Value>>, Failure> {
    let mut lines = text.lines();
    let names = fields(lines.next().ok_or("no header")?);
    let signature = predictor.signature();
    let kind = |name: &String| {
        let input = signature.inputs.iter().find(|input| input.name == *name);
        input.map_or(signature.target_type, |input| input.kind)
    };
    let kinds: Vec<LogicalType> = names.iter().map(kind).collect();
    let row = |line: &str| {
        let cells = fields(line).into_iter().zip(&names).zip(&kinds);
        cells
            .map(|((text, name), kind)| (name.clone(), mlhub_predict::cell(*kind, &text)))
            .collect()
    };
    Ok(lines.map(row).collect())
}
