package org.iommu4j.smmuv3.registers;

import java.util.function.BooleanSupplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A unit's registers by name, and the handshakes. Offsets are those of section 6.1. Handshakes are control operations:
 * one thread at a time; the other methods any thread.
 */
public final class UnitRegisters {
    /** How long hardware may take for a handshake or a command; generous, because it means broken hardware. */
    public static final long BOUND_NANOS = 10_000_000_000L;
    /** Bytes of a register file: two pages of 64 KiB. */
    public static final long LENGTH = 2L << 16;

    private static final long IDR0 = 0x00;
    private static final long IDR1 = 0x04;
    private static final long IDR3 = 0x0c;
    private static final long IDR5 = 0x14;
    private static final long AIDR = 0x1c;
    private static final long CR0 = 0x20;
    private static final long CR0ACK = 0x24;
    private static final long CR1 = 0x28;
    private static final long CR2 = 0x2c;
    private static final long GBPA = 0x44;
    private static final long IRQ_CTRL = 0x50;
    private static final long IRQ_CTRLACK = 0x54;
    private static final long GERROR = 0x60;
    private static final long GERRORN = 0x64;
    private static final long GERROR_IRQ_CFG0 = 0x68;
    private static final long STRTAB_BASE = 0x80;
    private static final long STRTAB_BASE_CFG = 0x88;
    private static final long CMDQ_BASE = 0x90;
    private static final long CMDQ_PROD = 0x98;
    private static final long CMDQ_CONS = 0x9c;
    private static final long EVENTQ_BASE = 0xa0;
    private static final long EVENTQ_IRQ_CFG0 = 0xb0;
    private static final long EVENTQ_PROD = 0x100a8;
    private static final long EVENTQ_CONS = 0x100ac;

    /** From the address of an interrupt's message to its data and to its memory attributes, in bytes. */
    private static final long MSI_DATA = 8;
    private static final long MSI_ATTRIBUTES = 12;
    /** Device memory, nGnRE: section 6.3.23. */
    private static final int DEVICE = 1;

    private final String unit;
    private final RegisterSpace space;
    private final long boundNanos;

    /** @param boundNanos for handshakes; see {@link #BOUND_NANOS} */
    public UnitRegisters(String unit, RegisterSpace space, long boundNanos) {
        this.unit = unit;
        this.space = space;
        this.boundNanos = boundNanos;
    }

    /** Name of the unit, for messages. */
    public String unit() {
        return unit;
    }

    /** Nanoseconds that hardware may take. */
    public long boundNanos() {
        return boundNanos;
    }

    /** Minor version of the architecture, 0 for SMMUv3.0. */
    public int version() {
        return space.read32(AIDR);
    }

    public Capabilities capabilities() {
        return new Capabilities(unsigned(IDR0), unsigned(IDR1), unsigned(IDR3), unsigned(IDR5));
    }

    private long unsigned(long offset) {
        return Integer.toUnsignedLong(space.read32(offset));
    }

    /** What CR0ACK shows. */
    public int state() {
        return space.read32(CR0ACK);
    }

    public boolean isTranslating() {
        return (space.read32(CR0) & Control.TRANSLATING) != 0;
    }

    /** Writes CR0 and waits until it is in force. @throws IommuException TIMEOUT */
    public void state(int cr0) {
        space.write32(CR0, cr0);
        await(() -> space.read32(CR0ACK) == cr0, String.format("CR0ACK to be %#x", cr0));
    }

    /** Has everything refused while the unit is off. @throws IommuException TIMEOUT */
    public void abortWhileOff() {
        await(() -> !Control.isUpdating(space.read32(GBPA)), "GBPA.Update to be 0");
        space.write32(GBPA, Control.abort(space.read32(GBPA)));
        await(() -> !Control.isUpdating(space.read32(GBPA)), "GBPA.Update to be 0");
    }

    /** How the unit accesses its tables and queues; while it is off. */
    public void memoryAttributes() {
        space.write32(CR1, Control.MEMORY);
        space.write32(CR2, Control.OWN_MAINTENANCE);
    }

    /** Sets the stream table; while the unit is off. */
    public void streamTable(long base, int config) {
        space.write64(STRTAB_BASE, base);
        space.write32(STRTAB_BASE_CFG, config);
    }

    public long streamTable() {
        return space.read64(STRTAB_BASE);
    }

    public int streamTableConfig() {
        return space.read32(STRTAB_BASE_CFG);
    }

    /** Sets an empty command queue; while it is off. */
    public void commandQueue(long base) {
        space.write64(CMDQ_BASE, base);
        space.write32(CMDQ_PROD, 0);
        space.write32(CMDQ_CONS, 0);
    }

    public long commandQueue() {
        return space.read64(CMDQ_BASE);
    }

    public int commandProducer() {
        return space.read32(CMDQ_PROD);
    }

    /** Tells hardware of new commands; everything stored before is visible to it. */
    public void commandProducer(int index) {
        space.write32(CMDQ_PROD, index);
    }

    public int commandConsumer() {
        return space.read32(CMDQ_CONS);
    }

    /** Sets an empty event queue; while it is off. */
    public void eventQueue(long base) {
        space.write64(EVENTQ_BASE, base);
        space.write32(EVENTQ_PROD, 0);
        space.write32(EVENTQ_CONS, 0);
    }

    public long eventQueue() {
        return space.read64(EVENTQ_BASE);
    }

    public int eventProducer() {
        return space.read32(EVENTQ_PROD);
    }

    public int eventConsumer() {
        return space.read32(EVENTQ_CONS);
    }

    public void eventConsumer(int register) {
        space.write32(EVENTQ_CONS, register);
    }

    /** Turns interrupts on or off and waits for it. @throws IommuException TIMEOUT */
    public void interrupts(int control) {
        space.write32(IRQ_CTRL, control);
        await(() -> space.read32(IRQ_CTRLACK) == control, String.format("IRQ_CTRLACK to be %#x", control));
    }

    /** Where the event queue's and the errors' interrupts go; while they are off. */
    public void interruptMessages(MsiMessage events, MsiMessage errors) {
        message(EVENTQ_IRQ_CFG0, events);
        message(GERROR_IRQ_CFG0, errors);
    }

    /** The event queue's interrupt as the registers hold it. */
    public MsiMessage eventMessage() {
        return message(EVENTQ_IRQ_CFG0);
    }

    /** The errors' interrupt as the registers hold it. */
    public MsiMessage errorMessage() {
        return message(GERROR_IRQ_CFG0);
    }

    private void message(long offset, MsiMessage message) {
        space.write64(offset, message.address());
        space.write32(offset + MSI_DATA, message.data());
        space.write32(offset + MSI_ATTRIBUTES, DEVICE);
    }

    private MsiMessage message(long offset) {
        return new MsiMessage(space.read64(offset), space.read32(offset + MSI_DATA));
    }

    /** The errors that are not acknowledged, as in {@link GlobalError}. */
    public int activeErrors() {
        return space.read32(GERROR) ^ space.read32(GERRORN);
    }

    /** Acknowledges active errors. */
    public void acknowledge(int errors) {
        space.write32(GERRORN, space.read32(GERRORN) ^ errors);
    }

    /** Spins until a condition holds. @throws IommuException TIMEOUT, naming unit and condition */
    public void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + boundNanos;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: waited %d ms for %s", unit, boundNanos / 1_000_000, what);
            }
            Thread.yield();
        }
    }
}
