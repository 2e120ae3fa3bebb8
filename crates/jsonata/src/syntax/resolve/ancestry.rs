//! The step that each `%` refers to.

use crate::syntax::ast::{Kind, Node};

/// The places of every `%` of an expression.
#[derive(Default)]
pub(super) struct Ancestry {
    slots: Vec<Slot>,
}

struct Slot {
    /// Slots that lead to the same step share a label.
    label: usize,
    /// How many steps are still to go back.
    level: u32,
}

impl Ancestry {
    pub(super) fn slot(&mut self) -> usize {
        let label = self.slots.len();
        self.slots.push(Slot { label, level: 1 });
        label
    }

    pub(super) fn into_labels(self) -> Vec<usize> {
        self.slots.into_iter().map(|slot| slot.label).collect()
    }

    fn level(&self, slot: usize) -> u32 {
        self.slots.get(slot).map_or(0, |slot| slot.level)
    }

    fn label(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(slot, |slot| slot.label)
    }

    /// A `%` in a predicate: one level is the step that the predicate filters.
    pub(super) fn seek_from_predicate(&mut self, step: &mut Node, slot: usize) -> Result<(), ()> {
        if self.level(slot) == 1 {
            return self.seek(step, slot);
        }
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.level = slot.level.saturating_sub(1);
        }
        Ok(())
    }

    /// Goes back over one node, and binds there when it is the one sought.
    fn seek(&mut self, node: &mut Node, slot: usize) -> Result<(), ()> {
        match &mut node.kind {
            Kind::Name(_) | Kind::Wildcard => {
                let Some(found) = self.slots.get_mut(slot) else { return Ok(()) };
                found.level = found.level.saturating_sub(1);
                if found.level > 0 {
                    return Ok(());
                }
                if let Some(earlier) = node.ancestor {
                    let label = self.label(earlier);
                    if let Some(found) = self.slots.get_mut(slot) {
                        found.label = label;
                    }
                }
                node.ancestor = Some(slot);
                node.tuple = true;
                Ok(())
            }
            Kind::Parent(_) => {
                if let Some(found) = self.slots.get_mut(slot) {
                    found.level += 1;
                }
                Ok(())
            }
            Kind::Block(expressions) => {
                if let Some(last) = expressions.last_mut() {
                    node.tuple = true;
                    self.seek(last, slot)?;
                }
                Ok(())
            }
            Kind::Path { steps, .. } => {
                node.tuple = true;
                let mut first = true;
                for step in steps.iter_mut().rev() {
                    if !first && self.level(slot) == 0 {
                        break;
                    }
                    first = false;
                    self.seek(step, slot)?;
                }
                Ok(())
            }
            _ => Err(()),
        }
    }

    /// Finds the steps for what the last step of a path still seeks; what isn't in the path is left to what is around it.
    ///
    /// # Errors
    /// When the parent of a step can't be determined.
    pub(super) fn resolve(&mut self, path: &mut Node) -> Result<(), ()> {
        let Kind::Path { steps, .. } = &mut path.kind else { return Ok(()) };
        let Some((last, before)) = steps.split_last_mut() else { return Ok(()) };
        let mut slots = last.seeking.clone();
        if let Kind::Parent(slot) = last.kind {
            slots.push(slot);
        }
        for slot in slots {
            let mut index = before.len();
            while self.level(slot) > 0 {
                if index == 0 {
                    path.seeking.push(slot);
                    break;
                }
                index -= 1;
                // Steps with a context variable leave the context where it was: several in a row count as one.
                while index > 0 && before[index].focus.is_some() && before[index - 1].focus.is_some() {
                    index -= 1;
                }
                self.seek(&mut before[index], slot)?;
            }
        }
        Ok(())
    }
}
