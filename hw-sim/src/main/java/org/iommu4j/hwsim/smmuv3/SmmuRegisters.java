package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * The register file, pages 0 and 1 of 64 KiB, by offset. Arm IHI 0070, 6.2, 6.3. Every register can be reached with
 * 32-bit accesses; a 64-bit access is one of the lower and then one of the upper half. What is not implemented reads
 * 0 and ignores writes; the event queue's indices are in page 1 only. Any thread.
 */
final class SmmuRegisters implements RegisterSpace {
    private static final int BYTES = 0x2_0000;
    private static final int IDR0 = 0x00;
    private static final int IDR1 = 0x04;
    private static final int IDR3 = 0x0c;
    private static final int IDR5 = 0x14;
    private static final int IIDR = 0x18;
    private static final int AIDR = 0x1c;
    private static final int CR0 = 0x20;
    private static final int CR0ACK = 0x24;
    private static final int CR1 = 0x28;
    private static final int CR2 = 0x2c;
    private static final int GBPA = 0x44;
    private static final int IRQ_CTRL = 0x50;
    private static final int IRQ_CTRLACK = 0x54;
    private static final int GERROR = 0x60;
    private static final int GERRORN = 0x64;
    private static final int GERROR_IRQ_CFG = 0x68;
    private static final int STRTAB_BASE = 0x80;
    private static final int STRTAB_BASE_CFG = 0x88;
    private static final int CMDQ_BASE = 0x90;
    private static final int CMDQ_PROD = 0x98;
    private static final int CMDQ_CONS = 0x9c;
    private static final int EVENTQ_BASE = 0xa0;
    private static final int EVENTQ_IRQ_CFG = 0xb0;
    private static final int EVENTQ_PROD = 0x100a8;
    private static final int EVENTQ_CONS = 0x100ac;
    private static final int IRQ_CFG_BYTES = 0x10;
    private static final int UPPER = Integer.BYTES;

    private final SmmuIds ids;
    private final Control control;
    private final IrqControl interrupts;
    private final GlobalErrors errors;
    private final CommandQueue commands;
    private final EventQueue events;
    private final Stalls stalls;

    SmmuRegisters(SmmuIds ids, Control control, IrqControl interrupts, GlobalErrors errors, CommandQueue commands,
            EventQueue events, Stalls stalls) {
        this.ids = ids;
        this.control = control;
        this.interrupts = interrupts;
        this.errors = errors;
        this.commands = commands;
        this.events = events;
        this.stalls = stalls;
    }

    @Override
    public long length() {
        return BYTES;
    }

    @Override
    public int read32(long offset) {
        int at = check(offset, Integer.BYTES);
        if (at >= GERROR_IRQ_CFG && at < GERROR_IRQ_CFG + IRQ_CFG_BYTES) {
            return errors.message().read(at - GERROR_IRQ_CFG >> 2);
        }
        if (at >= EVENTQ_IRQ_CFG && at < EVENTQ_IRQ_CFG + IRQ_CFG_BYTES) {
            return events.message().read(at - EVENTQ_IRQ_CFG >> 2);
        }
        return switch (at) {
            case IDR0 -> ids.idr0();
            case IDR1 -> ids.idr1();
            case IDR3 -> ids.idr3();
            case IDR5 -> ids.idr5();
            case IIDR -> ids.iidr();
            case AIDR -> ids.aidr();
            case CR0 -> control.requested();
            case CR0ACK -> control.acknowledged();
            case CR1 -> control.attributes();
            case CR2 -> control.options();
            case GBPA -> control.bypass();
            case IRQ_CTRL, IRQ_CTRLACK -> interrupts.enabled();
            case GERROR -> errors.raised();
            case GERRORN -> errors.acknowledged();
            case STRTAB_BASE_CFG -> control.streamTableConfiguration();
            case CMDQ_PROD -> commands.producer();
            case CMDQ_CONS -> commands.consumer();
            case EVENTQ_PROD -> events.producer();
            case EVENTQ_CONS -> events.consumer();
            default -> half(wide(at & -Long.BYTES), at);
        };
    }

    @Override
    public long read64(long offset) {
        int at = check(offset, Long.BYTES);
        return Integer.toUnsignedLong(read32(at)) | (long) read32(at + UPPER) << Integer.SIZE;
    }

    @Override
    public void write32(long offset, int value) {
        int at = check(offset, Integer.BYTES);
        if (at >= GERROR_IRQ_CFG && at < GERROR_IRQ_CFG + IRQ_CFG_BYTES) {
            errors.message().write(at - GERROR_IRQ_CFG >> 2, value);
            return;
        }
        if (at >= EVENTQ_IRQ_CFG && at < EVENTQ_IRQ_CFG + IRQ_CFG_BYTES) {
            events.message().write(at - EVENTQ_IRQ_CFG >> 2, value);
            return;
        }
        switch (at) {
            case CR0 -> control.enable(value);
            case CR1 -> control.writeAttributes(value);
            case CR2 -> control.writeOptions(value);
            case GBPA -> control.writeBypass(value);
            case IRQ_CTRL -> interrupts.write(value);
            case GERRORN -> acknowledge(value);
            case STRTAB_BASE_CFG -> control.writeStreamTableConfiguration(value);
            case CMDQ_PROD -> commands.writeProducer(value);
            case CMDQ_CONS -> commands.writeConsumer(value);
            case EVENTQ_PROD -> events.writeProducer(value);
            case EVENTQ_CONS -> {
                events.writeConsumer(value);
                stalls.queueChanged();
            }
            default -> writeHalf(at & -Long.BYTES, at, value);
        }
    }

    @Override
    public void write64(long offset, long value) {
        int at = check(offset, Long.BYTES);
        write32(at, (int) value);
        write32(at + UPPER, (int) (value >>> Integer.SIZE));
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw noPortal(offset);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw noPortal(offset);
    }

    private void acknowledge(int value) {
        errors.acknowledge(value);
        stalls.queueChanged();
        commands.resume();
    }

    /** The registers of 64 bits; 0 for what is none. */
    private long wide(int at) {
        return switch (at) {
            case STRTAB_BASE -> control.streamTable();
            case CMDQ_BASE -> commands.base();
            case EVENTQ_BASE -> events.base();
            default -> 0;
        };
    }

    private void writeHalf(int register, int at, int value) {
        long merged = merged(wide(register), register, at, value);
        switch (register) {
            case STRTAB_BASE -> control.writeStreamTable(merged);
            case CMDQ_BASE -> commands.writeBase(merged);
            case EVENTQ_BASE -> events.writeBase(merged);
            default -> {
                // Read-only or not implemented: the write is ignored.
            }
        }
    }

    private static long merged(long register, int base, int at, int half) {
        return at == base ? register & -1L << Integer.SIZE | Integer.toUnsignedLong(half)
                : register & -1L >>> Integer.SIZE | (long) half << Integer.SIZE;
    }

    private static int half(long register, int at) {
        return (int) ((at & UPPER) == 0 ? register : register >>> Integer.SIZE);
    }

    private int check(long offset, int size) {
        if (offset < 0 || offset > BYTES - size || (offset & size - 1) != 0) {
            throw IommuException.of(Reason.BAD_ADDRESS,
                    "register offset %#x, %d bytes: offsets are multiples of the size, below %#x", offset, size, BYTES);
        }
        return (int) offset;
    }

    private static IommuException noPortal(long offset) {
        return IommuException.of(Reason.BAD_ADDRESS, "register offset %#x: no register takes 64 bytes", offset);
    }
}
