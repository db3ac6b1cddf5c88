package org.iommu4j.hwsim.machine;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.hwsim.device.InterruptWindow;

/**
 * Decodes interrupt messages; Intel 64 and IA-32 Architectures SDM volume 3, section 11.11. Destination and delivery
 * mode are not looked at: the machine has no processors.
 * <pre>
 *  address  31         20 19            0     data  31              8 7        0
 *          +-------------+---------------+         +-----------------+----------+
 *          |    0xFEE    |  not used     |         |  not used       |  vector  |
 *          +-------------+---------------+         +-----------------+----------+
 * </pre>
 */
final class InterruptController implements MessageSink {
    /** What 8 bits can name. */
    static final int VECTORS = 256;

    private final InterruptSink sink;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    InterruptController(InterruptSink sink) {
        this.sink = sink;
    }

    @Override
    public void message(long address, int data) {
        if (InterruptWindow.contains(address)) {
            delivered.incrementAndGet();
            sink.interrupt(data & VECTORS - 1);
        } else {
            dropped.incrementAndGet();
        }
    }

    void counters(Map<String, Long> into) {
        into.put("interrupts.delivered", delivered.get());
        into.put("interrupts.dropped", dropped.get());
    }

    static MsiMessage messageOf(int vector) {
        if (vector < 0 || vector >= VECTORS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "vector %d: vectors are 0 to %d", vector, VECTORS - 1);
        }
        return new MsiMessage(InterruptWindow.base(), vector);
    }
}
