//! The rules: their codes, which stay as they are, and what each is about.

/// A rule of [`crate::lint()`]. Codes are in lower case, so that they are not taken for AWS's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LintRule {
    /// No transition leads to a state.
    UnreachableState,
    /// A transition to a state that does not exist. AWS refuses it (`MISSING_TRANSITION_TARGET`), once all else is well formed.
    MissingTarget,
    /// A loop that nothing slows down and nothing ends.
    BusyLoop,
    /// A Choice state that may have no matching rule and no `Default`.
    ChoiceWithoutDefault,
    /// Retry or Catch names an error that cannot occur there.
    ImpossibleError,
    /// An earlier entry of the same Retry or Catch takes the error.
    ShadowedError,
    /// A reserved error name that does not exist.
    UnknownReservedError,
    /// A Lambda task that is not retried on the errors that pass by themselves.
    LambdaWithoutRetry,
    /// A Wait until a moment that has passed.
    TimestampInThePast,
    /// A Wait longer than an execution may take.
    WaitPastLimit,
    /// A path to something that no state before can have produced.
    PathNeverProduced,
    /// A member that the Context Object does not have.
    UnknownContextMember,
    /// A variable that no state before assigns.
    VariableNeverAssigned,
    /// A variable that is assigned on some of the paths of the flow.
    VariableNotAlwaysAssigned,
    /// A JSONata expression that its braces do not enclose.
    ExpressionNotEvaluated,
    /// A field of distributed mode in a Map state in inline mode. AWS takes the definition, and the state fails.
    DistributedFieldInline,
}

impl LintRule {
    /// All rules.
    pub const ALL: [Self; 16] = [
        Self::UnreachableState,
        Self::MissingTarget,
        Self::BusyLoop,
        Self::ChoiceWithoutDefault,
        Self::ImpossibleError,
        Self::ShadowedError,
        Self::UnknownReservedError,
        Self::LambdaWithoutRetry,
        Self::TimestampInThePast,
        Self::WaitPastLimit,
        Self::PathNeverProduced,
        Self::UnknownContextMember,
        Self::VariableNeverAssigned,
        Self::VariableNotAlwaysAssigned,
        Self::ExpressionNotEvaluated,
        Self::DistributedFieldInline,
    ];

    /// The rule's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnreachableState => "unreachable-state",
            Self::MissingTarget => "missing-target",
            Self::BusyLoop => "busy-loop",
            Self::ChoiceWithoutDefault => "choice-without-default",
            Self::ImpossibleError => "impossible-error",
            Self::ShadowedError => "shadowed-error",
            Self::UnknownReservedError => "unknown-reserved-error",
            Self::LambdaWithoutRetry => "lambda-without-retry",
            Self::TimestampInThePast => "timestamp-in-the-past",
            Self::WaitPastLimit => "wait-past-limit",
            Self::PathNeverProduced => "path-never-produced",
            Self::UnknownContextMember => "unknown-context-member",
            Self::VariableNeverAssigned => "variable-never-assigned",
            Self::VariableNotAlwaysAssigned => "variable-not-always-assigned",
            Self::ExpressionNotEvaluated => "expression-not-evaluated",
            Self::DistributedFieldInline => "distributed-field-inline",
        }
    }

    /// What the rule is about, in a sentence or two.
    pub fn help(self) -> &'static str {
        match self {
            Self::UnreachableState => "No way from StartAt leads to the state, so it never runs.",
            Self::MissingTarget => "A way leads to a state that is not in the same flow; AWS refuses that.",
            Self::BusyLoop => {
                "A loop of Pass and Choice states that changes nothing or has no way out: a standard execution runs \
                 into its 25,000 events, an express one into its five minutes."
            }
            Self::ChoiceWithoutDefault => {
                "When no rule matches and there is no Default, the execution fails with States.Runtime."
            }
            Self::ImpossibleError => "The state cannot fail with the error that Retry or Catch names.",
            Self::ShadowedError => "Only the first entry that names an error counts; the later one is never asked.",
            Self::UnknownReservedError => "Names that begin with `States.` are reserved, and there is none like this.",
            Self::LambdaWithoutRetry => {
                "Lambda now and then fails for a moment. AWS's guide asks every Lambda task to be retried on \
                 Lambda.ClientExecutionTimeoutException, Lambda.ServiceException, Lambda.AWSLambdaException, \
                 Lambda.SdkClientException and Lambda.TooManyRequestsException."
            }
            Self::TimestampInThePast => "The Wait state ends at once, since its moment has passed.",
            Self::WaitPastLimit => {
                "A standard execution ends after a year, an express one after five minutes, and either when its \
                 TimeoutSeconds have passed: the Wait state never comes to its end."
            }
            Self::PathNeverProduced => {
                "What reaches the state was built by the states before it and has no such member, so the state fails."
            }
            Self::UnknownContextMember => "The Context Object has no such member, so the state fails.",
            Self::VariableNeverAssigned => "No state on the way assigns the variable, so the state fails.",
            Self::VariableNotAlwaysAssigned => "On some way to the state nothing assigns the variable; there it fails.",
            Self::ExpressionNotEvaluated => {
                "A string is an expression only when `{%` is its very beginning and `%}` its very end."
            }
            Self::DistributedFieldInline => {
                "Only a Map state in distributed mode has ItemReader, ItemBatcher and ResultWriter; in inline mode, which is \
                 the default, the state fails with States.Runtime."
            }
        }
    }
}
