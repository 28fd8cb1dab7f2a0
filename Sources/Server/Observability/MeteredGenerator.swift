import Concurrency
import Models

/// A generator whose calls are counted. What it writes, and how fast it is read, stays the same.
struct MeteredGenerator: Generator {
    let base: any Generator
    let price: ModelPrice?
    let series: ModelSeries

    var name: String { base.name }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence { [base, price, series] in
            let span = GenerationSpan(request, model: base.name)
            let call = ModelCall(
                series, price: price, span: span, model: base.name, usage: RequestUsage.current)
            let source = ExclusiveIterator(base.generate(request).makeAsyncIterator())
            return {
                call.reads()
                do {
                    let event = try await RequestTrace.within(span?.span) { try await source.next() }
                    guard let event else {
                        // A stream that ends because its reader was cancelled ends without an error.
                        call.ended(Task.isCancelled ? .cancelled : .finished)
                        return nil
                    }
                    call.saw(event)
                    return event
                } catch {
                    call.ended(error is CancellationError || Task.isCancelled ? .cancelled : .failed)
                    throw error
                }
            }
        }
    }
}
