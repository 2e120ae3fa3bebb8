//! IAM policy documents: read, check, decide, write.
//!
//! # What it is for
//! One typed model of the JSON policy language for everybody who needs it: the deployer writes roles and compares what AWS
//! answers, the embedded IAM refuses malformed documents with AWS's texts, and every embedded service asks whether a
//! request is allowed.
//!
//! * [`Document::read`] reads JSON text; [`Malformed`] carries the text that AWS answers.
//! * [`Document::check_trust`] and [`Document::check_identity`] check what CreateRole and PutRolePolicy check.
//! * [`decide()`] answers [`Decision::Allowed`], [`Decision::DeniedBy`] or [`Decision::NotAllowed`].
//! * [`Document::to_json`] writes in IAM's customary order; [`canonical()`] has one form for all documents that say the same.
//! * [`same`] and [`statements`] take any JSON that AWS answers, also what the model does not know.
//!
//! # What it must not know
//! Accounts that exist, roles, services, requests on a wire, the time, a store: it uses nothing of ours. A caller says who
//! asks for what, under which condition keys. [`decide()`] decides over one set of documents, [`evaluate()`] over all that
//! have a say in a request: identity and resource policies, a boundary, session policies, within an account and across two.
//!
//! ```
//! use policy::{Caller, Decision, Document, Request, decide};
//!
//! let document = Document::read(
//!     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"states:*","Resource":"*"}]}"#,
//! )?;
//! document.check_identity()?;
//! let caller = Caller::Aws("arn:aws:iam::000000000000:user/local");
//! let request = Request::new(caller, "states:ListStateMachines", "*");
//! assert_eq!(decide([&document], &request), Decision::Allowed);
//! # Ok::<(), policy::Malformed>(())
//! ```
//!
//! # Sources
//! The IAM User Guide: [grammar], [evaluation logic], [condition operators], [variables].
//!
//! [grammar]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
//! [evaluation logic]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
//! [condition operators]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
//! [variables]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

mod canonical;
mod check;
mod condition;
mod context;
mod decide;
mod document;
mod error;
mod evaluate;
mod one_or_many;
mod pattern;
mod principal;
mod read;
mod variables;
mod write;

pub use canonical::{canonical, same, statements};
pub use check::is_service_name;
pub use condition::{Comparison, Condition, Operator, Quantifier};
pub use context::Context;
pub use decide::{Decision, Request, StatementRef, decide, matching};
pub use document::{Document, Effect, Statement, Version};
pub use error::Malformed;
pub use evaluate::{Denial, Identity, Policies, PolicyKind, evaluate};
pub use one_or_many::{OneOrMany, Selection};
pub use principal::{Caller, Principal, PrincipalType};
