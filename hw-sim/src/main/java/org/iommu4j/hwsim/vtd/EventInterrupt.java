package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.machine.MessageSink;

/**
 * Control, data, address and upper address of one interrupt of the unit. VT-d specification 11.4.7 to 11.4.10 (fault
 * event), 11.4.9.5 to 11.4.9.8 (invalidation event).
 * <pre>
 *  control:  31   30   29                 0
 *          +----+----+---------------------+
 *          | IM | IP |      reserved       |
 *          +----+----+---------------------+
 * </pre>
 * Not thread-safe: its owner's lock covers it.
 */
final class EventInterrupt {
    private static final int IM = 1 << 31;
    private static final int IP = 1 << 30;
    private static final int ADDRESS = ~0b11;

    private final MessageSink sink;
    private int control = IM;
    private int data;
    private int address;
    private int upperAddress;

    EventInterrupt(MessageSink sink) {
        this.sink = sink;
    }

    /** A new condition: sends the message, or keeps it pending while masked. */
    void raise() {
        if ((control & IM) != 0) {
            control |= IP;
        } else {
            send();
        }
    }

    /** Software has served the condition: what is pending is dropped. */
    void withdraw() {
        control &= ~IP;
    }

    /** @param index 0 control, 1 data, 2 address, 3 upper address */
    int read(int index) {
        return switch (index) {
            case 0 -> control;
            case 1 -> data;
            case 2 -> address;
            default -> upperAddress;
        };
    }

    /** @param index as in {@link #read} */
    void write(int index, int value) {
        switch (index) {
            case 0 -> mask(value & IM);
            case 1 -> data = value;
            case 2 -> address = value & ADDRESS;
            default -> upperAddress = value;
        }
    }

    private void mask(int masked) {
        control = control & ~IM | masked;
        if (masked == 0 && (control & IP) != 0) {
            control &= ~IP;
            send();
        }
    }

    private void send() {
        sink.message((long) upperAddress << Integer.SIZE | Integer.toUnsignedLong(address), data);
    }
}
