//! Cuts the module in two: what a page runs until its prompt is there, and the rest, which is loaded behind it. The
//! halves share one memory and one table; once both are there, they are the module that was cut.

use std::collections::{BTreeMap, BTreeSet};
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportedFunction, Module, ModuleConfig, TableId, ValType,
};

/// What the second half imports everything from.
const FIRST: &str = "_";
/// Where a module that is being watched tells which of its functions runs.
const WATCH: (&str, &str) = ("watch", "runs");

/// The halves.
pub struct Halves {
    /// What is needed until the prompt is there.
    pub first: Vec<u8>,
    /// Everything else.
    pub rest: Vec<u8>,
}

/// Texts that go to the second half, where no function of their module is in the first.
pub struct Texts {
    /// The module that reads them, as in the names of its functions.
    pub module: &'static str,
    /// The texts.
    pub texts: Vec<Vec<u8>>,
}

/// A module whose functions call `watch.runs` with their number when they are entered.
///
/// # Errors
/// What is no module.
pub fn watched(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = parse(bytes)?;
    let functions = functions(&module);
    let ty = module.types.add(&[ValType::I32], &[]);
    let (runs, _) = module.add_import_func(WATCH.0, WATCH.1, ty);
    for (number, function) in (0..).zip(functions) {
        if let FunctionKind::Local(local) = &mut module.funcs.get_mut(function).kind {
            let mut body = local.builder_mut().func_body();
            body.instr_at(0, walrus::ir::Const { value: Value::I32(number) });
            body.instr_at(1, walrus::ir::Call { func: runs });
        }
    }
    Ok(module.emit_wasm())
}

/// Cuts a module. `early` are the numbers of the functions that ran while it was watched.
///
/// # Errors
/// What is no module, or not one of wasm-bindgen.
pub fn split(bytes: &[u8], early: &BTreeSet<usize>, texts: &Texts) -> Result<Halves, String> {
    let module = parse(bytes)?;
    let plan = Plan::new(&module, early, texts)?;
    Ok(Halves { first: plan.first(module)?, rest: plan.rest(parse(bytes)?)? })
}

fn parse(bytes: &[u8]) -> Result<Module, String> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    config.parse(bytes).map_err(|e| format!("cutting the module: {e:#}"))
}

/// All functions; their numbers are their places in this list.
fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(|function| function.id()).collect()
}

/// What goes where. Functions are told by their numbers, since each half is cut from a copy of the module.
struct Plan {
    /// How large the table of functions is with the places that the halves call each other through.
    size: u64,
    /// Where the functions of the second half stand in it.
    slots: BTreeMap<usize, u32>,
    /// Functions of the second half that the first calls by name.
    called: BTreeSet<usize>,
    /// Functions of the first half that the second calls by name.
    lent: BTreeSet<usize>,
    late: BTreeSet<usize>,
    /// What stays of the data, and what goes to the second half, with the addresses.
    kept: Vec<(u32, Vec<u8>)>,
    moved: Vec<(u32, Vec<u8>)>,
}

struct Calls(Vec<FunctionId>);

impl Visitor<'_> for Calls {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.push(*function);
    }
}

impl Plan {
    fn new(module: &Module, early: &BTreeSet<usize>, texts: &Texts) -> Result<Self, String> {
        let functions = functions(module);
        let number: BTreeMap<FunctionId, usize> = functions.iter().copied().zip(0..).collect();
        let exported: BTreeSet<FunctionId> =
            module.exports.iter().filter_map(|e| function_of(&e.item)).collect();
        let stays = |number: usize, id: &FunctionId| {
            early.contains(&number)
                || exported.contains(id)
                || module.start == Some(*id)
                || matches!(module.funcs.get(*id).kind, FunctionKind::Import(_))
        };
        let late: BTreeSet<usize> =
            functions.iter().enumerate().filter(|(n, id)| !stays(*n, id)).map(|(n, _)| n).collect();
        let (mut called, mut lent) = (BTreeSet::new(), BTreeSet::new());
        for (id, local) in module.funcs.iter_local() {
            let mut calls = Calls(vec![]);
            dfs_in_order(&mut calls, local, local.entry_block());
            let caller_is_late = late.contains(&number[&id]);
            for callee in calls.0.iter().map(|id| number[id]) {
                match (caller_is_late, late.contains(&callee)) {
                    (false, true) => called.insert(callee),
                    (true, false) => lent.insert(callee),
                    _ => false,
                };
            }
        }
        let table = main_table(module)?;
        let mut slots = slots(module, table, &number, &late)?;
        let mut size = module.tables.get(table).initial;
        for callee in &called {
            slots.entry(*callee).or_insert_with(|| {
                size += 1;
                size as u32 - 1
            });
        }
        let is_read_early = functions
            .iter()
            .enumerate()
            .filter(|(n, _)| !late.contains(n))
            .any(|(_, id)| module.funcs.get(*id).name.as_ref().is_some_and(|n| n.contains(texts.module)));
        let (kept, moved) = cut(module, if is_read_early { &[] } else { &texts.texts })?;
        Ok(Self { size, slots, called, lent, late, kept, moved })
    }

    fn first(&self, mut module: Module) -> Result<Vec<u8>, String> {
        let functions = functions(&module);
        let main = main_table(&module)?;
        let late: BTreeSet<FunctionId> = self.late.iter().map(|n| functions[*n]).collect();
        let mut absent = FunctionBuilder::new(&mut module.types, &[], &[]);
        absent.func_body().unreachable();
        let absent = absent.finish(vec![], &mut module.funcs);
        for element in module.elements.iter_mut() {
            if let ElementItems::Functions(items) = &mut element.items {
                items.iter_mut().filter(|item| late.contains(item)).for_each(|item| *item = absent);
            }
        }
        for number in &self.called {
            call_through(&mut module, functions[*number], main, self.slots[number]);
        }
        let table = module.tables.get_mut(main);
        (table.initial, table.maximum) = (self.size, Some(self.size));
        for (n, number) in self.lent.iter().enumerate() {
            module.exports.add(&name('f', n), functions[*number]);
        }
        let globals: Vec<_> = module.globals.iter().map(|global| global.id()).collect();
        let tables: Vec<_> = module.tables.iter().map(|table| table.id()).collect();
        let memories: Vec<_> = module.memories.iter().map(|memory| memory.id()).collect();
        globals.into_iter().enumerate().for_each(|(n, id)| _ = module.exports.add(&name('g', n), id));
        tables.into_iter().enumerate().for_each(|(n, id)| _ = module.exports.add(&name('t', n), id));
        memories.into_iter().enumerate().for_each(|(n, id)| _ = module.exports.add(&name('m', n), id));
        put_data(&mut module, &self.kept);
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    fn rest(&self, mut module: Module) -> Result<Vec<u8>, String> {
        let functions = functions(&module);
        let main = main_table(&module)?;
        let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
        exports.into_iter().for_each(|id| module.exports.delete(id));
        module.start = None;
        for (n, number) in self.lent.iter().enumerate() {
            let id = functions[*number];
            let ty = module.funcs.get(id).ty();
            if let FunctionKind::Import(imported) = &module.funcs.get(id).kind {
                module.imports.delete(imported.import);
            }
            let import = module.imports.add(FIRST, &name('f', n), id);
            module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
        let globals: Vec<_> = module.globals.iter().map(|global| global.id()).collect();
        for (n, id) in globals.into_iter().enumerate() {
            let import = module.imports.add(FIRST, &name('g', n), id);
            module.globals.get_mut(id).kind = GlobalKind::Import(import);
        }
        let elements: Vec<_> = module.elements.iter().map(|element| element.id()).collect();
        elements.into_iter().for_each(|id| module.elements.delete(id));
        let tables: Vec<_> = module.tables.iter().map(|table| table.id()).collect();
        for (n, id) in tables.into_iter().enumerate() {
            let import = module.imports.add(FIRST, &name('t', n), id);
            let table = module.tables.get_mut(id);
            table.import = Some(import);
            table.elem_segments.clear();
            if id == main {
                (table.initial, table.maximum) = (self.size, Some(self.size));
            }
        }
        put_data(&mut module, &self.moved);
        let memories: Vec<_> = module.memories.iter().map(|memory| memory.id()).collect();
        for (n, id) in memories.into_iter().enumerate() {
            let import = module.imports.add(FIRST, &name('m', n), id);
            module.memories.get_mut(id).import = Some(import);
        }
        for (start, items) in runs(&self.slots) {
            let kind = ElementKind::Active { table: main, offset: at(start) };
            let items = items.into_iter().map(|n| functions[n]).collect();
            let id = module.elements.add(kind, ElementItems::Functions(items));
            module.tables.get_mut(main).elem_segments.insert(id);
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }
}

fn function_of(item: &ExportItem) -> Option<FunctionId> {
    match item {
        ExportItem::Function(id) => Some(*id),
        _ => None,
    }
}

/// What the halves call something: short, since there are thousands of names, and no name of wasm-bindgen.
fn name(kind: char, number: usize) -> String {
    format!("{kind}{number:x}")
}

fn at(address: u32) -> ConstExpr {
    ConstExpr::Value(Value::I32(address as i32))
}

fn address(offset: &ConstExpr) -> Result<u32, String> {
    match offset {
        ConstExpr::Value(Value::I32(address)) => Ok(*address as u32),
        _ => Err("an address that is not a number".into()),
    }
}

fn main_table(module: &Module) -> Result<TableId, String> {
    module.tables.main_function_table().ok().flatten().ok_or_else(|| "no table of functions".into())
}

/// Where functions of the second half stand in the table.
fn slots(
    module: &Module,
    main: TableId,
    number: &BTreeMap<FunctionId, usize>,
    late: &BTreeSet<usize>,
) -> Result<BTreeMap<usize, u32>, String> {
    let mut slots = BTreeMap::new();
    for element in module.elements.iter() {
        let ElementKind::Active { table, offset } = &element.kind else { continue };
        let ElementItems::Functions(items) = &element.items else { continue };
        if *table != main {
            return Err("functions in another table".into());
        }
        for (slot, item) in (address(offset)?..).zip(items) {
            if late.contains(&number[item]) && slots.insert(number[item], slot).is_some() {
                return Err("a function that is twice in the table".into());
            }
        }
    }
    Ok(slots)
}

/// Slots that follow each other, with what stands in them.
fn runs(slots: &BTreeMap<usize, u32>) -> Vec<(u32, Vec<usize>)> {
    let in_order: BTreeMap<u32, usize> = slots.iter().map(|(number, slot)| (*slot, *number)).collect();
    let mut runs: Vec<(u32, Vec<usize>)> = vec![];
    for (slot, number) in in_order {
        match runs.last_mut() {
            Some((start, items)) if *start + items.len() as u32 == slot => items.push(number),
            _ => runs.push((slot, vec![number])),
        }
    }
    runs
}

/// Puts a call of what stands in the table in the place of a function's body.
fn call_through(module: &mut Module, function: FunctionId, table: TableId, slot: u32) {
    let ty = module.funcs.get(function).ty();
    let (params, results) = module.types.params_results(ty);
    let (params, results) = (params.to_vec(), results.to_vec());
    let arguments: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    arguments.iter().for_each(|argument| _ = body.local_get(*argument));
    body.i32_const(slot as i32).call_indirect(ty, table);
    module.funcs.get_mut(function).kind = FunctionKind::Local(builder.local_func(arguments));
}

type Pieces = Vec<(u32, Vec<u8>)>;

/// The data without the texts, and the texts.
fn cut(module: &Module, texts: &[Vec<u8>]) -> Result<(Pieces, Pieces), String> {
    let (mut kept, mut moved) = (vec![], vec![]);
    for data in module.data.iter() {
        let DataKind::Active { offset, .. } = &data.kind else {
            return Err("data that nothing puts into memory".into());
        };
        let base = address(offset)?;
        let bytes = &data.value;
        let mut places: Vec<(usize, usize)> =
            texts.iter().filter_map(|text| Some((find(bytes, text)?, text.len()))).collect();
        places.sort_unstable();
        let mut from = 0;
        for (start, length) in places {
            if start < from {
                continue;
            }
            kept.push((base + from as u32, bytes[from..start].to_vec()));
            moved.push((base + start as u32, bytes[start..start + length].to_vec()));
            from = start + length;
        }
        kept.push((base + from as u32, bytes[from..].to_vec()));
    }
    kept.retain(|(_, bytes)| !bytes.is_empty());
    Ok((kept, moved))
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let begin = text.get(..8)?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.windows(8).position(|window| window == begin) {
        if bytes[from + at..].starts_with(text) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// Puts pieces in the place of all data.
fn put_data(module: &mut Module, pieces: &Pieces) {
    let all: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    all.into_iter().for_each(|id| module.data.delete(id));
    let Some(memory) = module.memories.iter().map(|memory| memory.id()).next() else { return };
    module.memories.get_mut(memory).data_segments.clear();
    for (start, bytes) in pieces {
        let id = module.data.add(DataKind::Active { memory, offset: at(*start) }, bytes.clone());
        module.memories.get_mut(memory).data_segments.insert(id);
    }
}
