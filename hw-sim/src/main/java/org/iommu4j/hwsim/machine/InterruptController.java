package org.iommu4j.hwsim.machine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.hwsim.definition.InterruptWindow;

/**
 * Takes interrupt messages, which {@link InterruptWindow} decodes, and the pulses of wires. There are no processors, so
 * nothing is routed.
 */
final class InterruptController implements MessageSink {
    private final InterruptWindow window;
    private final InterruptSink sink;
    private final Map<Integer, Integer> wires = new ConcurrentHashMap<>();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    InterruptController(InterruptWindow window, InterruptSink sink) {
        this.window = window;
        this.sink = sink;
    }

    @Override
    public boolean message(long address, int data) {
        int vector = window.vector(address, data);
        if (vector >= 0) {
            delivered.incrementAndGet();
            sink.interrupt(vector);
        } else {
            dropped.incrementAndGet();
        }
        return window.contains(address);
    }

    @Override
    public void pulse(int line) {
        Integer vector = wires.get(line);
        if (vector == null) {
            dropped.incrementAndGet();
        } else {
            delivered.incrementAndGet();
            sink.interrupt(vector);
        }
    }

    /** From now on a wire's pulses are this vector. */
    void wire(int line, int vector) {
        wires.put(line, vector);
    }

    void counters(Map<String, Long> into) {
        into.put("interrupts.delivered", delivered.get());
        into.put("interrupts.dropped", dropped.get());
    }

    static MsiMessage messageOf(InterruptWindow window, int vector) {
        if (vector < 0 || vector >= InterruptWindow.VECTORS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "vector %d: vectors are 0 to %d", vector,
                    InterruptWindow.VECTORS - 1);
        }
        return new MsiMessage(window.doorbell(), vector);
    }
}
