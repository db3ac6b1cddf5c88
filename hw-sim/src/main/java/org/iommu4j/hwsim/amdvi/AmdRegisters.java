package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * The register file by offset. AMD 48882 section 3.4. All registers have 64 bits, and are reached whole or by halves of
 * 32 bits; the half that is not written keeps its value. What is not implemented reads 0 and ignores writes. Any
 * thread.
 */
final class AmdRegisters implements RegisterSpace {
    private static final int DEVICE_TABLE_BASE = 0x00;
    private static final int COMMAND_BASE = 0x08;
    private static final int EVENT_BASE = 0x10;
    private static final int CONTROL = 0x18;
    private static final int EXCLUSION_BASE = 0x20;
    private static final int EXCLUSION_LIMIT = 0x28;
    private static final int EXTENDED_FEATURES = 0x30;
    private static final int HARDWARE_EVENT_UPPER = 0x40;
    private static final int HARDWARE_EVENT_LOWER = 0x48;
    private static final int HARDWARE_EVENT_STATUS = 0x50;
    private static final int EXTENDED_FEATURES_2 = 0x1a0;
    private static final int COMMAND_HEAD = 0x2000;
    private static final int COMMAND_TAIL = 0x2008;
    private static final int EVENT_HEAD = 0x2010;
    private static final int EVENT_TAIL = 0x2018;
    private static final int STATUS = 0x2020;
    private static final int UPPER = Integer.BYTES;
    private static final long LOW_HALF = -1L >>> Integer.SIZE;

    private final AmdCapabilities caps;
    private final Control control;
    private final CommandBuffer commands;
    private final EventLog events;
    private final Status status;

    AmdRegisters(AmdCapabilities caps, Control control, CommandBuffer commands, EventLog events, Status status) {
        this.caps = caps;
        this.control = control;
        this.commands = commands;
        this.events = events;
        this.status = status;
    }

    @Override
    public long length() {
        return caps.registerBytes();
    }

    @Override
    public int read32(long offset) {
        int at = check(offset, Integer.BYTES);
        long whole = read(at & -Long.BYTES);
        return (int) ((at & UPPER) == 0 ? whole : whole >>> Integer.SIZE);
    }

    @Override
    public long read64(long offset) {
        return read(check(offset, Long.BYTES));
    }

    @Override
    public void write32(long offset, int value) {
        int at = check(offset, Integer.BYTES);
        int register = at & -Long.BYTES;
        if (register == STATUS) {
            // Bits that a write of 1 clears: what is not written must not be written back.
            status.clear((at & UPPER) == 0 ? value : 0);
        } else {
            long held = read(register);
            write(register, (at & UPPER) == 0 ? held & ~LOW_HALF | Integer.toUnsignedLong(value)
                    : held & LOW_HALF | (long) value << Integer.SIZE);
        }
    }

    @Override
    public void write64(long offset, long value) {
        write(check(offset, Long.BYTES), value);
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw noPortal(offset);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw noPortal(offset);
    }

    private long read(int register) {
        return switch (register) {
            case DEVICE_TABLE_BASE -> control.deviceTableRegister();
            case COMMAND_BASE -> commands.base();
            case EVENT_BASE -> events.base();
            case CONTROL -> control.control();
            case EXCLUSION_BASE -> control.exclusionBase();
            case EXCLUSION_LIMIT -> control.exclusionLimit();
            case EXTENDED_FEATURES -> caps.efr();
            case HARDWARE_EVENT_UPPER, HARDWARE_EVENT_LOWER, HARDWARE_EVENT_STATUS ->
                events.hardware((register - HARDWARE_EVENT_UPPER) / Long.BYTES);
            case EXTENDED_FEATURES_2 -> caps.efr2();
            case COMMAND_HEAD -> commands.head();
            case COMMAND_TAIL -> commands.tail();
            case EVENT_HEAD -> events.head();
            case EVENT_TAIL -> events.tail();
            case STATUS -> status.value();
            default -> 0;
        };
    }

    private void write(int register, long value) {
        switch (register) {
            case DEVICE_TABLE_BASE -> control.writeDeviceTable(value);
            case COMMAND_BASE -> commands.writeBase(value);
            case EVENT_BASE -> events.writeBase(value);
            case CONTROL -> control.writeControl(value);
            case EXCLUSION_BASE -> control.writeExclusionBase(value);
            case EXCLUSION_LIMIT -> control.writeExclusionLimit(value);
            case HARDWARE_EVENT_STATUS -> events.writeHardwareStatus(value);
            case COMMAND_HEAD -> commands.writeHead(value);
            case COMMAND_TAIL -> commands.writeTail(value);
            case EVENT_HEAD -> events.writeHead(value);
            case EVENT_TAIL -> events.writeTail(value);
            case STATUS -> status.clear((int) value);
            default -> { }
        }
    }

    private int check(long offset, int size) {
        if (offset < 0 || offset > length() - size || (offset & size - 1) != 0) {
            throw IommuException.of(Reason.BAD_ADDRESS,
                    "register offset %#x, %d bytes: offsets are multiples of the size, below %#x", offset, size,
                    length());
        }
        return (int) offset;
    }

    private static IommuException noPortal(long offset) {
        return IommuException.of(Reason.BAD_ADDRESS, "register offset %#x: no register takes 64 bytes", offset);
    }
}
