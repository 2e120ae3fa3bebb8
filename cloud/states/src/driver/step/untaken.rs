//! Messages that a step can't take: the execution is not there, or could not be read.

use cloud_core::ServiceError;

use super::Step;
use crate::driver::message::Message;
use crate::rows::execution::ExecutionKey;
use crate::states::States;
use crate::wire::errors;

impl Step {
    /// The execution is not there: it was deleted with its machine, or never was.
    pub(super) fn miss(&mut self, key: &ExecutionKey, message: Message) {
        let missing = || errors::execution_missing(&key.arn());
        match message {
            Message::Start(_, reply) | Message::Redrive { reply, .. } => {
                self.reply_with(Some(reply), Err(missing()));
            }
            Message::Stop { reply, .. } => self.reply_with(reply, Err(missing())),
            Message::Skip { reply } => self.reply_with(Some(reply), Err(missing())),
            Message::Waits { reply } => self.reply_with(Some(reply), Err(missing())),
            Message::Take { reply, .. } => self.reply_with(Some(reply), Ok(None)),
            Message::Tell(_, reply) => self.reply_with(Some(reply), Ok(false)),
            Message::Input(_) | Message::ChildEnded { .. } | Message::StartMapChild(_) | Message::GoOnAlone => {}
        }
    }

    /// The execution could not be read: who waits is told, everything else stays.
    pub(in crate::driver) fn fail(&mut self, states: &States, message: Message, error: &ServiceError) {
        self.load_failed = true;
        match message {
            Message::Start(_, reply) | Message::Redrive { reply, .. } => {
                self.reply_with(Some(reply), Err(error.clone()));
            }
            Message::Stop { reply: Some(reply), .. } => self.reply_with(Some(reply), Err(error.clone())),
            Message::Skip { reply } => self.reply_with(Some(reply), Err(error.clone())),
            Message::Waits { reply } => self.reply_with(Some(reply), Err(error.clone())),
            Message::Take { offered, reply, .. } => {
                states.driver.activities.put_back(offered);
                self.reply_with(Some(reply), Err(error.clone()));
            }
            Message::Tell(_, reply) => self.reply_with(Some(reply), Err(error.clone())),
            Message::Stop { reply: None, .. }
            | Message::Input(_)
            | Message::ChildEnded { .. }
            | Message::StartMapChild(_)
            | Message::GoOnAlone => {
                self.inputs.push_back(message);
            }
        }
    }
}
