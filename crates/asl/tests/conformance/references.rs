//! References in a case: `{{5:/executionArn}}`, `{{uid:1}}` and their kin.

use serde_json::Value;

use crate::replay::{ACCOUNT, REGION, Replay};

impl Replay<'_> {
    pub(crate) fn collect(&mut self, recipe: &Value) -> Result<Value, String> {
        if let Some(step) = recipe["from"].as_u64() {
            let answer = self.answers.get(&step).ok_or("a step gave nothing")?;
            let mut found = walk(answer, recipe["path"].as_str().unwrap_or_default())?;
            // What an execution costs is the service's business, not the engine's.
            if let Some(members) = found.as_object_mut() {
                members.remove("billingDetails");
            }
            return Ok(found);
        }
        if let Some(items) = recipe["list"].as_array() {
            return items.iter().map(|item| self.collect(item)).collect::<Result<_, _>>().map(Value::Array);
        }
        if let Some(members) = recipe["dict"].as_object() {
            let members = members.iter().map(|(name, recipe)| Ok((name.clone(), self.collect(recipe)?)));
            return members.collect::<Result<_, String>>().map(Value::Object);
        }
        self.fill(&recipe["lit"])
    }

    pub(crate) fn fill(&mut self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => self.fill_text(text)?,
            Value::Array(items) => {
                items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>().map(Value::Array)?
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| Ok((name.clone(), self.fill(value)?)));
                members.collect::<Result<_, String>>().map(Value::Object)?
            }
            other => other.clone(),
        })
    }

    fn fill_text(&mut self, text: &str) -> Result<Value, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (reference, after) = after.split_once("}}").ok_or("an open reference")?;
            let value = self.resolve(reference)?;
            if before.is_empty() && after.is_empty() && filled.is_empty() {
                return Ok(value);
            }
            filled.push_str(before);
            filled.push_str(value.as_str().ok_or("a reference inside a text must be a text")?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled.into())
    }

    fn resolve(&mut self, reference: &str) -> Result<Value, String> {
        if reference.starts_with("uid:") {
            let next = format!("u{:07x}", self.ids.len() + 0xa11ce);
            return Ok(self.ids.entry(reference.to_owned()).or_insert(next).as_str().into());
        }
        if let Some(repeat) = reference.strip_prefix("repeat:") {
            let (what, times) = repeat.split_once(':').ok_or("a malformed repeat")?;
            return Ok(what.repeat(times.parse().map_err(|_| "a malformed repeat")?).into());
        }
        match reference {
            "account" => return Ok(ACCOUNT.into()),
            // All accounts are one here: nothing that is compared tells them apart.
            "account2" => return Ok(ACCOUNT.into()),
            "region" => return Ok(REGION.into()),
            _ => {}
        }
        let (step, path) = reference.split_once(':').ok_or_else(|| format!("an unknown reference {reference}"))?;
        let step: u64 = step.parse().map_err(|_| format!("an unknown reference {reference}"))?;
        let answer = self.answers.get(&step).ok_or("a reference to a later step")?;
        match path.split_once("#-") {
            Some((path, from_end)) => {
                let found = walk(answer, path)?;
                let text = found.as_str().ok_or("no text to split")?;
                let from_end: usize = from_end.parse().map_err(|_| "a malformed part")?;
                Ok(text.rsplit([':', '/']).nth(from_end - 1).unwrap_or_default().into())
            }
            None => walk(answer, path),
        }
    }
}

/// A JSON Pointer in which -1 is the last item, and `|` reads the text found so far as JSON.
fn walk(value: &Value, path: &str) -> Result<Value, String> {
    let mut here = value.clone();
    for (i, part) in path.split('|').enumerate() {
        if i > 0 {
            here = serde_json::from_str(here.as_str().ok_or("no text to read as JSON")?)
                .map_err(|problem| problem.to_string())?;
        }
        for token in part.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let next = match &here {
                Value::Array(items) if token == "-1" => items.last(),
                Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(&token),
            };
            here = next.cloned().ok_or_else(|| format!("nothing at {path}"))?;
        }
    }
    Ok(here)
}
