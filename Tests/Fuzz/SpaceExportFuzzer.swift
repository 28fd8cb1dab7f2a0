import Documents

/// What libFuzzer calls with each input: `entities.xml` goes the whole way to a plan of documents.
///
/// Built by `scripts/fuzz` into one module with the reader. Errors are fine; crashes and hangs are not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSpaceExport(_ data: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    let input = UnsafeBufferPointer(start: data, count: byteCount)
    var position = 0
    let stream = ByteStream { buffer in
        let count = min(buffer.count, input.count - position)
        buffer.copyBytes(from: input[position..<position + count])
        position += count
        return count
    }
    do {
        var entities = ExportEntities(spill: try SpillFile())
        try EntitiesReader.read(stream, classes: ExportEntities.classes) { try entities.add($0) }
        _ = try SpaceExportPlan(
            entities: entities, descriptor: SpaceExportDescriptor(), includeComments: true,
            includeAttachments: true)
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    return 0
}
