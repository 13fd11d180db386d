import java.io.FileWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jce.spec.ECNamedCurveGenParameterSpec;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * BouncyCastle as the other side of our signatures.
 *
 * <p>{@code verify CONTENT SIGNATURE...} prints "valid" or "invalid" for each signature. {@code
 * sign CONTENT FOLDER BITS CURVE} writes root.pem and signature.p7s.
 */
public class BouncyCastle {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        byte[] content = Files.readAllBytes(Path.of(arguments[1]));
        if (arguments[0].equals("verify")) {
            for (int index = 2; index < arguments.length; index++) {
                byte[] signature = Files.readAllBytes(Path.of(arguments[index]));
                System.out.println(isValid(content, signature) ? "valid" : "invalid");
            }
        } else {
            sign(content, Path.of(arguments[2]), arguments[3], arguments[4]);
        }
    }

    static boolean isValid(byte[] content, byte[] signature) {
        try {
            CMSSignedData data = new CMSSignedData(new CMSProcessableByteArray(content), signature);
            SignerInformation signer = data.getSignerInfos().getSigners().iterator().next();
            Object found = data.getCertificates().getMatches(signer.getSID()).iterator().next();
            JcaSimpleSignerInfoVerifierBuilder builder = new JcaSimpleSignerInfoVerifierBuilder();
            X509CertificateHolder certificate = (X509CertificateHolder) found;
            // The time of signing may be any: these certificates are valid for years.
            return signer.verify(builder.setProvider("BC").build(
                new JcaX509CertificateConverter().getCertificate(certificate).getPublicKey()));
        } catch (Exception error) {
            System.err.println(error);
            return false;
        }
    }

    static void sign(byte[] content, Path folder, String bits, String curve) throws Exception {
        String algorithm = "GOST3411-2012-" + bits + "WITHECGOST3410-2012-" + bits;
        KeyPair rootKeys = generate(curve);
        KeyPair keys = generate(curve);
        ContentSigner rootSigner =
            new JcaContentSignerBuilder(algorithm).setProvider("BC").build(rootKeys.getPrivate());
        X509Certificate root = issue("CN=root", rootKeys, true, rootSigner);
        X509Certificate own = issue("CN=signer", keys, false, rootSigner);
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(
                    new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .build(
                    new JcaContentSignerBuilder(algorithm).setProvider("BC").build(
                        keys.getPrivate()),
                    own));
        generator.addCertificates(new JcaCertStore(List.of(own)));
        CMSSignedData signed = generator.generate(new CMSProcessableByteArray(content), false);
        Files.write(folder.resolve("signature.p7s"), signed.getEncoded());
        try (JcaPEMWriter writer =
            new JcaPEMWriter(new FileWriter(folder.resolve("root.pem").toFile()))) {
            writer.writeObject(root);
        }
    }

    static KeyPair generate(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("ECGOST3410-2012", "BC");
        generator.initialize(new ECNamedCurveGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    static X509Certificate issue(String name, KeyPair keys, boolean isRoot, ContentSigner signer)
        throws Exception {
        long now = System.currentTimeMillis();
        JcaX509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                new X500Name("CN=root"),
                BigInteger.valueOf(now + (isRoot ? 0 : 1)),
                new Date(now - 60_000),
                new Date(now + 3_600_000),
                new X500Name(name),
                keys.getPublic());
        int usage = isRoot ? KeyUsage.keyCertSign : KeyUsage.digitalSignature;
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isRoot));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        return new JcaX509CertificateConverter().setProvider("BC").getCertificate(
            builder.build(signer));
    }
}
