package org.iommu4j.system.doubles;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.api.machine.TablePool;

/**
 * AMD IOMMUs, and memory beside them, that fail a driver when they are told to. Offsets and commands are those of
 * {@link CommandBufferTap} and {@link AmdInvalidations}. Any thread.
 */
public final class FaultyUnit {
    private static final long TAIL = 0x2008;
    private static final int OP_SHIFT = 60;
    private static final int DEVTAB_ENTRY = 2;
    private static final long RESERVED_OP = 0xfL << OP_SHIFT;
    private static final int ALWAYS = Integer.MAX_VALUE;

    private final String unit;
    private final AtomicInteger framesLeft = new AtomicInteger(ALWAYS);
    private final AtomicInteger deaf = new AtomicInteger();
    private final AtomicInteger refusing = new AtomicInteger();
    private boolean holding;
    private Runnable held;
    private volatile LongPredicate lost = pa -> false;

    /** @param unit name of the one that fails; memory fails all */
    public FaultyUnit(String unit) {
        this.unit = unit;
    }

    /** Only so many more frames are given. */
    public void frames(int count) {
        framesLeft.set(count);
    }

    /** Frames are given again. */
    public void moreFrames() {
        framesLeft.set(ALWAYS);
    }

    /** The unit does not notice the next time that it is told of commands. */
    public void missOnce() {
        deaf.set(1);
    }

    /** The unit finds the next command about an entry illegal. */
    public void refuseOnce() {
        refusing.set(1);
    }

    /** The unit notices nothing from now on, until it is released. */
    public synchronized void hold() {
        holding = true;
    }

    /** True if the unit has been told of something that it has not noticed. */
    public synchronized boolean isHolding() {
        return held != null;
    }

    /** The unit notices what it was told last. */
    public synchronized void release() {
        holding = false;
        held.run();
        held = null;
    }

    /** 16-byte stores to certain addresses do not arrive from now on. */
    public void lose(LongPredicate addresses) {
        lost = addresses;
    }

    public IommuDriver driver(IommuDriver real) {
        return DriverDouble.on(DriverDouble.on(DriverDouble.on(real, PortsDouble.frames(Frames::new)),
                PortsDouble.registers(this::registers)), PortsDouble.machine(this::machine));
    }

    private RegisterSpace registers(Unit real) {
        if (!real.description().name().equals(unit)) {
            return real.registers();
        }
        RegisterSpace hearing = new CommandBufferTap(real.registers(), real.memory(), (words, memory) -> {
            if (words[0] >>> OP_SHIFT == DEVTAB_ENTRY && refusing.getAndSet(0) == 1) {
                words[0] = RESERVED_OP;
            }
        });
        return new RegistersDouble(hearing) {
            @Override
            public void write64(long offset, long value) {
                if (offset != TAIL || deaf.getAndSet(0) == 0) {
                    hear(() -> super.write64(offset, value));
                }
            }
        };
    }

    private synchronized void hear(Runnable write) {
        if (holding) {
            held = write;
        } else {
            write.run();
        }
    }

    private Machine machine(Unit real) {
        Machine machine = real.machine();
        return (Machine) Proxy.newProxyInstance(Machine.class.getClassLoader(), new Class<?>[] {Machine.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("store128") && lost.test((long) arguments[0])) {
                        return null;
                    }
                    try {
                        return method.invoke(machine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The unit's frames. */
    private final class Frames implements PageAllocator {
        private final PageAllocator real;

        Frames(Unit unit) {
            this.real = unit.frames();
        }

        @Override
        public String owner() {
            return real.owner();
        }

        @Override
        public long allocate(int sizeLg2) {
            if (framesLeft.get() != ALWAYS && framesLeft.getAndDecrement() <= 0) {
                throw IommuException.of(Reason.NO_MEMORY, "no frame is left");
            }
            return real.allocate(sizeLg2);
        }

        @Override
        public void free(long pa, int sizeLg2) {
            real.free(pa, sizeLg2);
        }

        @Override
        public long held() {
            return real.held();
        }

        @Override
        public TablePool pool() {
            return real.pool();
        }
    }
}
