package org.iommu4j.vtd.registers;

import java.util.function.BooleanSupplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A unit's registers by name, and the handshakes with Global Command. Offsets are those of section 11.4. Handshakes
 * are control operations: one thread at a time; the other methods any thread.
 */
public final class UnitRegisters {
    /** How long hardware may take for a handshake or an invalidation; generous, because it means broken hardware. */
    public static final long BOUND_NANOS = 10_000_000_000L;

    private static final long VER = 0x00;
    private static final long CAP = 0x08;
    private static final long ECAP = 0x10;
    private static final long GCMD = 0x18;
    private static final long GSTS = 0x1c;
    private static final long RTADDR = 0x20;
    private static final long CCMD = 0x28;
    private static final long FSTS = 0x34;
    private static final long FECTL = 0x38;
    private static final long FEDATA = 0x3c;
    private static final long FEADDR = 0x40;
    private static final long FEUADDR = 0x44;
    private static final long IQH = 0x80;
    private static final long IQT = 0x88;
    private static final long IQA = 0x90;

    private final String unit;
    private final RegisterSpace space;
    private final long boundNanos;
    /** Offset of the Invalidate Address Register; IOTLB Invalidate follows it. */
    private final long iotlb;
    private final BooleanSupplier writeBufferFlushed;
    private final BooleanSupplier contextsInvalidated;
    private final BooleanSupplier translationsInvalidated;

    /** @param boundNanos for handshakes; see {@link #BOUND_NANOS} */
    public UnitRegisters(String unit, RegisterSpace space, long boundNanos) {
        this.unit = unit;
        this.space = space;
        this.boundNanos = boundNanos;
        this.iotlb = capabilities().iotlbRegisters();
        this.writeBufferFlushed = () -> !is(GlobalCommand.WRITE_BUFFER_FLUSH);
        this.contextsInvalidated = () -> !InvalidationCommand.contextsPending(space.read64(CCMD));
        this.translationsInvalidated =
                () -> !InvalidationCommand.translationsPending(space.read64(iotlb + Long.BYTES));
    }

    /** Name of the unit, for messages. */
    public String unit() {
        return unit;
    }

    /** Nanoseconds that hardware may take. */
    public long boundNanos() {
        return boundNanos;
    }

    /** Major and minor version in the upper and lower four bits. */
    public int version() {
        return space.read32(VER);
    }

    public Capabilities capabilities() {
        return new Capabilities(space.read64(CAP), space.read64(ECAP));
    }

    /** True if the status shows that a command is done or a state is on. */
    public boolean is(GlobalCommand command) {
        return command.in(space.read32(GSTS));
    }

    /**
     * Gives a command, or turns a state on, and waits until the status shows it.
     *
     * @throws IommuException TIMEOUT, naming the status bit
     */
    public synchronized void on(GlobalCommand command) {
        space.write32(GCMD, command.on(space.read32(GSTS)));
        await(() -> is(command), "GSTS." + command.statusName() + " to be 1");
    }

    /** Turns a state off and waits for it. @throws IommuException TIMEOUT, naming the status bit */
    public synchronized void off(GlobalCommand command) {
        if (!command.isState()) {
            throw new IllegalArgumentException(command + " is no state");
        }
        space.write32(GCMD, command.off(space.read32(GSTS)));
        await(() -> !is(command), "GSTS." + command.statusName() + " to be 0");
    }

    /**
     * Makes what was stored before reach memory, on a unit that has CAP.RWBF. Any thread.
     *
     * @throws IommuException TIMEOUT
     */
    public synchronized void flushWriteBuffer() {
        space.write32(GCMD, GlobalCommand.WRITE_BUFFER_FLUSH.on(space.read32(GSTS)));
        await(writeBufferFlushed, "GSTS.WBFS to be 0");
    }

    /**
     * Asks by Context Command and waits. One invalidation at a time.
     *
     * @param granularity 1 global, 2 domain, 3 device
     * @throws IommuException TIMEOUT, IO if hardware refuses it
     */
    public void invalidateContexts(long granularity, long domainId, long source) {
        space.write64(CCMD, InvalidationCommand.contexts(granularity, domainId, source));
        await(contextsInvalidated, "CCMD.ICC to be 0");
        if (!InvalidationCommand.contextsDone(space.read64(CCMD))) {
            throw refused("CCMD", space.read64(CCMD));
        }
    }

    /**
     * Asks by IOTLB Invalidate and waits. One invalidation at a time.
     *
     * @param granularity 1 global, 2 domain, 3 pages
     * @param range for pages: the Invalidate Address Register
     * @throws IommuException TIMEOUT, IO if hardware refuses it
     */
    public void invalidateTranslations(long granularity, long domainId, boolean drainReads, boolean drainWrites,
            long range) {
        space.write64(iotlb, range);
        space.write64(iotlb + Long.BYTES,
                InvalidationCommand.translations(granularity, domainId, drainReads, drainWrites));
        await(translationsInvalidated, "IOTLB.IVT to be 0");
        if (!InvalidationCommand.translationsDone(space.read64(iotlb + Long.BYTES))) {
            throw refused("IOTLB", space.read64(iotlb + Long.BYTES));
        }
    }

    private IommuException refused(String register, long value) {
        return IommuException.of(Reason.IO, "%s: hardware refuses the invalidation that %s asks for, it is %#x", unit,
                register, value);
    }

    public long rootTable() {
        return space.read64(RTADDR);
    }

    /** Takes effect with {@link GlobalCommand#SET_ROOT_TABLE_POINTER}. */
    public void rootTable(long value) {
        space.write64(RTADDR, value);
    }

    public int faultStatus() {
        return space.read32(FSTS);
    }

    /** Clears those bits that are cleared by writing 1. */
    public void clearFaultStatus(int bits) {
        space.write32(FSTS, bits & FaultStatus.CLEARED_BY_ONE);
    }

    /** Sets the fault interrupt's message, and lets it through. */
    public void faultInterrupt(MsiMessage message) {
        space.write32(FEDATA, message.data());
        space.write32(FEADDR, (int) message.address());
        space.write32(FEUADDR, (int) (message.address() >>> Integer.SIZE));
        space.write32(FECTL, 0);
        space.read32(FECTL); // the write has reached the unit when a read of it returns
    }

    /** The fault interrupt's message as the registers hold it. */
    public MsiMessage faultInterrupt() {
        long low = Integer.toUnsignedLong(space.read32(FEADDR));
        return new MsiMessage((long) space.read32(FEUADDR) << Integer.SIZE | low, space.read32(FEDATA));
    }

    public void maskFaultInterrupt() {
        space.write32(FECTL, FaultStatus.MASKED);
    }

    public long queueHead() {
        return space.read64(IQH);
    }

    public long queueTail() {
        return space.read64(IQT);
    }

    /** Tells hardware of new descriptors; everything stored before is visible to it. */
    public void queueTail(long byteOffset) {
        space.write64(IQT, byteOffset);
    }

    public long queueAddress() {
        return space.read64(IQA);
    }

    public void queueAddress(long value) {
        space.write64(IQA, value);
    }

    long faultRecord(long offset) {
        return space.read64(offset);
    }

    void clearFaultRecord(long offset) {
        space.write64(offset, FaultRecord.CLEAR);
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
