package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * The register file by offset. VT-d specification 11.4. Every register can be reached with 32-bit accesses; a 64-bit
 * access is one of the lower and then one of the upper half, and a command bit in the upper half starts the command.
 * What is not implemented reads 0 and ignores writes. Any thread.
 */
final class VtdRegisters implements RegisterSpace {
    private static final int VER = 0x00;
    private static final int CAP = 0x08;
    private static final int ECAP = 0x10;
    private static final int GCMD = 0x18;
    private static final int GSTS = 0x1c;
    private static final int RTADDR = 0x20;
    private static final int CCMD = 0x28;
    private static final int FSTS = 0x34;
    private static final int FECTL = 0x38;
    private static final int FEUADDR = 0x44;
    private static final int IQH = 0x80;
    private static final int IQT = 0x88;
    private static final int IQA = 0x90;
    private static final int ICS = 0x9c;
    private static final int IECTL = 0xa0;
    private static final int IEUADDR = 0xac;
    private static final int IQERCD = 0xb0;
    private static final int UPPER = Integer.BYTES;

    private final VtdCapabilities caps;
    private final Control control;
    private final RegisterInvalidation commands;
    private final InvalidationQueue queue;
    private final FaultRecording faults;
    private final int iva;
    private final int iotlb;
    private final int records;
    private final int recordsEnd;

    VtdRegisters(VtdCapabilities caps, Control control, RegisterInvalidation commands, InvalidationQueue queue,
            FaultRecording faults) {
        this.caps = caps;
        this.control = control;
        this.commands = commands;
        this.queue = queue;
        this.faults = faults;
        this.iva = caps.iotlbOffset();
        this.iotlb = iva + Long.BYTES;
        this.records = caps.faultRecordOffset();
        this.recordsEnd = records + 2 * Long.BYTES * caps.faultRecords();
    }

    @Override
    public long length() {
        return caps.registerBytes();
    }

    @Override
    public int read32(long offset) {
        int at = check(offset, Integer.BYTES);
        if (at >= records && at < recordsEnd) {
            return faults.readRecord(at - records >> 2);
        }
        if (at >= FECTL && at <= FEUADDR) {
            return faults.readEvent(at - FECTL >> 2);
        }
        if (at >= IECTL && at <= IEUADDR) {
            return queue.readEvent(at - IECTL >> 2);
        }
        return switch (at) {
            case VER -> caps.version();
            case GSTS -> control.status();
            case FSTS -> faults.status();
            case ICS -> queue.completion();
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
        if (at >= records && at < recordsEnd) {
            faults.writeRecord(at - records >> 2, value);
        } else if (at >= FECTL && at <= FEUADDR) {
            faults.writeEvent(at - FECTL >> 2, value);
        } else if (at >= IECTL && at <= IEUADDR) {
            queue.writeEvent(at - IECTL >> 2, value);
        } else if (at == FSTS) {
            faults.clearStatus(value);
            queue.resume();
        } else if (at == GCMD) {
            control.command(value);
        } else if (at == ICS) {
            queue.clearCompletion(value);
        } else {
            writeHalf(at & -Long.BYTES, at, value);
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

    /** The registers of 64 bits; 0 for what is none. */
    private long wide(int at) {
        if (at == iotlb) {
            return commands.iotlbCommand();
        }
        return switch (at) {
            case CAP -> caps.cap();
            case ECAP -> caps.ecap();
            case RTADDR -> control.rootRegister();
            case CCMD -> commands.contextCommand();
            case IQH -> queue.head();
            case IQT -> queue.tail();
            case IQA -> queue.base();
            case IQERCD -> queue.errorRecord();
            default -> 0;
        };
    }

    private void writeHalf(int register, int at, int value) {
        if (register == iva) {
            commands.writeAddress(merged(commands.address(), register, at, value));
        } else if (register == iotlb) {
            commands.writeIotlbCommand(merged(commands.iotlbCommand(), register, at, value));
        } else if (register == RTADDR) {
            control.writeRootRegister(merged(control.rootRegister(), register, at, value));
        } else if (register == CCMD) {
            commands.writeContextCommand(merged(commands.contextCommand(), register, at, value));
        } else if (register == IQA) {
            queue.writeBase(merged(queue.base(), register, at, value));
        } else if (at == IQT) {
            queue.writeTail(Integer.toUnsignedLong(value));
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
