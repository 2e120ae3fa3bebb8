//! Functions: calls, tail calls, partial application, `~>`.

use super::{Evaluator, MAX_DEPTH};
use crate::failure::{Bound, Evaluated, Failure};
use crate::native::{self, Native};
use crate::regex::Regex;
use crate::syntax::ast::{Call, Kind, Node};
use crate::value::{Closure, Function, Name, Scope, Text, Value};

/// A call that a function ends with: it is made when the function has returned.
pub(super) struct TailCall<'e> {
    call: &'e Call,
    input: Value<'e>,
    scope: Scope,
}

impl<'e> Evaluator<'e> {
    /// A call as written; `first` is what `~>` puts before the arguments.
    pub(super) fn call(
        &mut self,
        call: &'e Call,
        first: Option<Value<'e>>,
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        if call.tail && first.is_none() {
            self.pending = Some(TailCall { call, input, scope });
            return Ok(Value::TailCall);
        }
        let function = self.evaluate(&call.procedure, input, scope)?;
        self.suggest(function, &call.procedure, scope, "T1005", "invoke")?;
        let mut arguments: Vec<Value<'e>> = first.into_iter().collect();
        for argument in &call.arguments {
            arguments.push(self.evaluate(argument, input, scope)?);
        }
        self.apply(function, arguments, input).map_err(|failure| failure.named(call.procedure.called()))
    }

    /// A field is no function, but there may be one of that name.
    fn suggest(
        &self,
        function: Value<'e>,
        procedure: &'e Node,
        scope: Scope,
        code: &'static str,
        verb: &str,
    ) -> Evaluated<()> {
        if !function.is_undefined() || !matches!(procedure.kind, Kind::Path { .. }) {
            return Ok(());
        }
        match procedure.called() {
            Some(name) if !self.variable(name, Value::Undefined, scope).is_undefined() => {
                Err(Failure::new(code, format!("Attempted to {verb} a non-function. Did you mean ${name}?")))
            }
            _ => Ok(()),
        }
    }

    /// Applies a function, and the calls that it ends with one after another.
    pub(crate) fn apply(
        &mut self,
        function: Value<'e>,
        arguments: Vec<Value<'e>>,
        input: Value<'e>,
    ) -> Evaluated<Value<'e>> {
        // Functions of the library that call each other nest without a level of evaluation between them.
        self.calls += 1;
        if self.calls > MAX_DEPTH {
            return Err(Failure::bound(Bound::Depth));
        }
        let mut result = self.apply_once(function, arguments, input)?;
        while matches!(result, Value::TailCall) {
            let Some(TailCall { call, input: context, scope }) = self.pending.take() else {
                return Ok(Value::Undefined);
            };
            let function = self.evaluate(&call.procedure, context, scope)?;
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(self.evaluate(argument, context, scope)?);
            }
            let name = call.procedure.called();
            result = self.apply_once(function, arguments, input).map_err(|failure| failure.named(name))?;
        }
        self.calls -= 1;
        Ok(result)
    }

    fn apply_once(&mut self, function: Value<'e>, arguments: Vec<Value<'e>>, input: Value<'e>) -> Evaluated<Value<'e>> {
        self.step(1)?;
        let at = match function {
            Value::Function(Function::Native(native)) => return self.apply_native(native, &arguments, input),
            Value::Function(Function::Closure(at)) => at,
            _ => return Err(Failure::new("T1006", "Attempted to invoke a non-function")),
        };
        let Some(closure) = self.heap.made_function(at).cloned() else {
            return Err(Failure::new("T1006", "Attempted to invoke a non-function"));
        };
        match closure {
            Closure::Lambda { body, parameters, signature, scope, input: context } => {
                let arguments = match signature {
                    Some(signature) => signature.validate(&arguments, input, &mut self.heap)?,
                    None => arguments,
                };
                let mut values = arguments.into_iter();
                let bound = parameters
                    .iter()
                    .map(|name| (Name::Variable(name), values.next().unwrap_or(Value::Undefined)))
                    .collect();
                let inner = self.heap.scope(Some(scope), bound)?;
                self.evaluate(body, context, inner)
            }
            Closure::PartialNative { native, arguments: given } => {
                let mut rest = arguments.into_iter();
                let arguments: Vec<_> =
                    given.into_iter().map(|value| value.or_else(|| rest.next()).unwrap_or(Value::Undefined)).collect();
                self.apply_native(native, &arguments, input)
            }
            Closure::Regex(regex) => {
                let text = arguments.first().copied().unwrap_or(Value::Undefined);
                let Value::Text(text) = text else { return Ok(Value::Undefined) };
                self.match_object(regex, text, None)
            }
            Closure::NextMatch { regex, text, from } => self.match_object(regex, text, Some(from)),
            Closure::Transform { transform, scope } => {
                let signature = native::transform_signature();
                let arguments = signature.validate(&arguments, input, &mut self.heap)?;
                self.transform(transform, arguments.first().copied().unwrap_or(Value::Undefined), scope)
            }
            Closure::Chain(first, second) => {
                let between = self.apply(first, arguments, input)?;
                self.apply_once(second, vec![between], input)
            }
        }
    }

    fn apply_native(
        &mut self,
        native: &'static Native,
        arguments: &[Value<'e>],
        input: Value<'e>,
    ) -> Evaluated<Value<'e>> {
        let supplied = arguments.len();
        let mut arguments = native.signature.validate(arguments, input, &mut self.heap)?;
        // `$hash` tells an algorithm that is not there from one that is undefined.
        while arguments.len() > supplied && arguments.last().is_some_and(|value| value.is_undefined()) {
            arguments.pop();
        }
        (native.code)(self, &arguments)
    }

    fn match_object(&mut self, regex: &'e Regex, text: Text<'e>, after: Option<usize>) -> Evaluated<Value<'e>> {
        match self.next_match(regex, text, after)? {
            Some(found) => self.match_value(&found, regex, text),
            None => Ok(Value::Undefined),
        }
    }

    pub(super) fn partial(
        &mut self,
        procedure: &'e Node,
        arguments: &'e [Option<Node>],
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(match argument {
                Some(argument) => Some(self.evaluate(argument, input, scope)?),
                None => None,
            });
        }
        let function = self.evaluate(procedure, input, scope)?;
        self.suggest(function, procedure, scope, "T1007", "partially apply")?;
        let not_one = || Failure::new("T1008", "Attempted to partially apply a non-function");
        match function {
            Value::Function(Function::Native(native)) => {
                given.resize(given.len().max(native.arity), Some(Value::Undefined));
                self.heap.closure(Closure::PartialNative { native, arguments: given })
            }
            Value::Function(Function::Closure(at)) => match self.heap.made_function(at).cloned() {
                Some(Closure::Lambda { body, parameters, scope, input, .. }) => {
                    let mut open = Vec::new();
                    let mut bound = Vec::new();
                    for (at, name) in parameters.into_iter().enumerate() {
                        match given.get(at) {
                            Some(None) => open.push(name),
                            value => {
                                bound.push((Name::Variable(name), value.copied().flatten().unwrap_or(Value::Undefined)))
                            }
                        }
                    }
                    let scope = self.heap.scope(Some(scope), bound)?;
                    self.heap.closure(Closure::Lambda { body, parameters: open, signature: None, scope, input })
                }
                Some(Closure::PartialNative { native, arguments: earlier }) => {
                    let mut given = given.into_iter();
                    let arguments = earlier.into_iter().map(|value| value.or_else(|| given.next().flatten())).collect();
                    self.heap.closure(Closure::PartialNative { native, arguments })
                }
                _ => Err(not_one()),
            },
            _ => Err(not_one()),
        }
    }

    /// `~>`: applies what is on the right, or makes one function of two.
    pub(super) fn apply_operator(
        &mut self,
        sides: &'e (Node, Node),
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let left = self.evaluate(&sides.0, input, scope)?;
        if let Kind::Call(call) = &sides.1.kind {
            return self.call(call, Some(left), input, scope);
        }
        let function = self.evaluate(&sides.1, input, scope)?;
        if !function.is_function() {
            let message = "The right side of the function application operator ~> must be a function";
            return Err(Failure::new("T2006", message));
        }
        if left.is_function() {
            return self.heap.closure(Closure::Chain(left, function));
        }
        self.apply(function, vec![left], Value::Null)
    }

    /// The number of a function's parameters, which decides the arguments that `$map` and similar functions pass.
    pub(crate) fn arity(&self, function: Value<'e>) -> usize {
        match function {
            Value::Function(Function::Native(native)) => native.arity,
            Value::Function(Function::Closure(at)) => match self.heap.made_function(at) {
                Some(Closure::Lambda { parameters, .. }) => parameters.len(),
                Some(Closure::PartialNative { arguments, .. }) => {
                    arguments.iter().filter(|argument| argument.is_none()).count()
                }
                Some(Closure::Regex(_)) => 2,
                Some(Closure::NextMatch { .. }) | None => 0,
                Some(Closure::Transform { .. } | Closure::Chain(..)) => 1,
            },
            _ => 0,
        }
    }
}
