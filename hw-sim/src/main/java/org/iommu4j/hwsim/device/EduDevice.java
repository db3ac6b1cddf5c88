package org.iommu4j.hwsim.device;

import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.pci.BarWindow;
import org.iommu4j.hwsim.pci.ConfigurationSpace;
import org.iommu4j.hwsim.pci.MsiCapability;

/**
 * QEMU's educational device; {@link EduLayout} has the registers. It differs where QEMU leaves room: a factorial is
 * ready when the write returns, a transfer takes no time beyond its own, all 64 address bits count, and a transfer
 * that leaves the buffer moves nothing. Interrupts go out as MSI once that is enabled; the INTx pin is not wired. All
 * of its transactions, interrupt messages included, are made by one of the machine's DMA threads.
 */
public final class EduDevice implements RegisterSpace, DmaSource {
    /** Factorials of this and more are 0 modulo 2^32. */
    private static final int VANISHING = 34;

    private final ConfigurationSpace configuration;
    private final BusRoute route;
    private final DmaSwitch dma;
    private final Doorbell bell;
    private final EduTransfer transfer = new EduTransfer();

    private int liveness;
    private int factorial;
    private int status;
    private int interrupts;
    private boolean messageDue;
    private long source;
    private long destination;
    private long count;
    private long command;

    private EduDevice(ConfigurationSpace configuration, BusRoute route, DmaSwitch dma, Doorbell bell) {
        this.configuration = configuration;
        this.route = route;
        this.dma = dma;
        this.bell = bell;
        dma.connect(bell);
    }

    public static EduDevice on(DmaEngine engine, ConfigurationSpace configuration, BusRoute route, DmaSwitch dma) {
        return engine.attach(bell -> new EduDevice(configuration, route, dma, bell));
    }

    @Override
    public long length() {
        return BarWindow.STEP;
    }

    @Override
    public synchronized int read32(long offset) {
        Offsets.check(offset, Integer.BYTES, length());
        return switch ((int) offset) {
            case EduLayout.IDENTIFICATION -> EduLayout.ID;
            case EduLayout.LIVENESS -> liveness;
            case EduLayout.FACTORIAL -> factorial;
            case EduLayout.STATUS -> status;
            case EduLayout.INTERRUPT_STATUS -> interrupts;
            default -> (int) wide(offset);
        };
    }

    @Override
    public synchronized long read64(long offset) {
        checkWide(offset);
        return wide(offset);
    }

    @Override
    public synchronized void write32(long offset, int value) {
        Offsets.check(offset, Integer.BYTES, length());
        switch ((int) offset) {
            case EduLayout.LIVENESS -> liveness = ~value;
            case EduLayout.FACTORIAL -> computeFactorial(value);
            case EduLayout.STATUS -> status = value & EduLayout.STATUS_INTERRUPT_AFTER_FACTORIAL;
            case EduLayout.INTERRUPT_RAISE -> raise(value);
            case EduLayout.INTERRUPT_ACKNOWLEDGE -> interrupts &= ~value;
            default -> writeWide(offset, Integer.toUnsignedLong(value));
        }
    }

    @Override
    public synchronized void write64(long offset, long value) {
        checkWide(offset);
        writeWide(offset, value);
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        throw Offsets.refuse(offset, "takes no 64-byte write");
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        throw Offsets.refuse(offset, "takes no 64-byte write");
    }

    @Override
    public boolean serve(DmaPort port) {
        if (!dma.enter()) {
            return false;
        }
        try {
            port.begin(route);
            try {
                runTransfer(port);
                sendMessage(port);
            } finally {
                port.end();
            }
        } finally {
            dma.leave();
        }
        return false;
    }

    private long wide(long offset) {
        return switch ((int) offset) {
            case EduLayout.DMA_SOURCE -> source;
            case EduLayout.DMA_DESTINATION -> destination;
            case EduLayout.DMA_COUNT -> count;
            case EduLayout.DMA_COMMAND -> command;
            default -> -1;
        };
    }

    private void writeWide(long offset, long value) {
        if ((command & EduLayout.COMMAND_RUN) != 0) {
            return;
        }
        switch ((int) offset) {
            case EduLayout.DMA_SOURCE -> source = value;
            case EduLayout.DMA_DESTINATION -> destination = value;
            case EduLayout.DMA_COUNT -> count = value;
            case EduLayout.DMA_COMMAND -> start(value);
            default -> { }
        }
    }

    private void start(long value) {
        if ((value & EduLayout.COMMAND_RUN) != 0) {
            command = value;
            bell.ring();
        }
    }

    private void computeFactorial(int value) {
        factorial = Integer.compareUnsigned(value, VANISHING) < 0 ? 1 : 0;
        for (int i = 2; factorial != 0 && i <= value; i++) {
            factorial *= i;
        }
        if ((status & EduLayout.STATUS_INTERRUPT_AFTER_FACTORIAL) != 0) {
            raise(EduLayout.INTERRUPT_OF_FACTORIAL);
        }
    }

    private void raise(int bits) {
        interrupts |= bits;
        if (interrupts != 0 && MsiCapability.enabled(configuration, MsiCapability.OFFSET)) {
            messageDue = true;
            bell.ring();
        }
    }

    private void runTransfer(DmaPort port) {
        long running = read64(EduLayout.DMA_COMMAND);
        if ((running & EduLayout.COMMAND_RUN) == 0) {
            return;
        }
        // While it runs, the registers of the transfer cannot be written: the lock is free for readers meanwhile.
        if ((running & EduLayout.COMMAND_TO_MEMORY) != 0) {
            transfer.write(port, source, destination, count);
        } else {
            transfer.read(port, source, destination, count);
        }
        finish(running);
    }

    private synchronized void finish(long running) {
        command = running & ~EduLayout.COMMAND_RUN;
        if ((running & EduLayout.COMMAND_INTERRUPT) != 0) {
            raise(EduLayout.INTERRUPT_OF_DMA);
        }
    }

    private void sendMessage(DmaPort port) {
        synchronized (this) {
            if (!messageDue) {
                return;
            }
            messageDue = false;
        }
        port.write32(MsiCapability.address(configuration, MsiCapability.OFFSET),
                MsiCapability.data(configuration, MsiCapability.OFFSET));
    }

    private void checkWide(long offset) {
        Offsets.check(offset, Long.BYTES, length());
        if (offset < EduLayout.WIDE_FROM) {
            throw Offsets.refuse(offset, "takes 32-bit accesses alone");
        }
    }
}
