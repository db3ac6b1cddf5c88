package org.iommu4j.shell.command;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lengths in bytes: as addresses, or decimal digits with K, M or G behind. */
final class LengthConverter implements ITypeConverter<Long> {
    private static final String UNITS = "KMG";
    private static final int STEP_LG2 = 10;

    @Override
    public Long convert(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        int unit = upper.isEmpty() ? -1 : UNITS.indexOf(upper.charAt(upper.length() - 1));
        if (unit < 0) {
            return new AddressConverter().convert(text);
        }
        try {
            return Math.multiplyExact(Long.parseLong(text.substring(0, text.length() - 1)),
                    1L << STEP_LG2 * (unit + 1));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no length, such as 4096, 4K or 2M");
        }
    }
}
