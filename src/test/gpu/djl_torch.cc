// The natives of DJL's PyTorch engine that training, evaluation and prediction of this project call, over
// whatever libtorch is there: DJL 0.36 has its own for PyTorch 2.7.1 alone, and natives are no good with
// another version. For tests on a GPU whose machine has another PyTorch; build.sh builds it. What is not here
// fails with an UnsatisfiedLinkError that names it.
#include <jni.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <algorithm>
#include <sstream>

using torch::Tensor;
typedef std::vector<torch::indexing::TensorIndex> Index;

// A native method of PyTorchLibrary
#define J(ret, name, ...)                                                                                \
    extern "C" JNIEXPORT ret JNICALL Java_ai_djl_pytorch_jni_PyTorchLibrary_##name(JNIEnv* env, jobject, \
                                                                                   ##__VA_ARGS__)
static void raise(JNIEnv* env, const char* what) {
    env->ThrowNew(env->FindClass("ai/djl/engine/EngineException"), what);
}

// What goes around code that may throw: the exception becomes one of Java's
#define TRY try {
#define END                           \
    }                                 \
    catch (const std::exception& e) { \
        raise(env, e.what());         \
    }
#define ENDR \
    END      \
    return 0;

// What a handle of Java's stands for, and a handle for a tensor
static Tensor& T(jlong h) { return *reinterpret_cast<Tensor*>(h); }
static jlong H(Tensor t) { return reinterpret_cast<jlong>(new Tensor(std::move(t))); }
static torch::jit::Module& M(jlong h) { return *reinterpret_cast<torch::jit::Module*>(h); }
static torch::IValue& V(jlong h) { return *reinterpret_cast<torch::IValue*>(h); }

static std::vector<int64_t> longs(JNIEnv* env, jlongArray a) {
    std::vector<int64_t> v(env->GetArrayLength(a));
    env->GetLongArrayRegion(a, 0, v.size(), reinterpret_cast<jlong*>(v.data()));
    return v;
}
static std::string text(JNIEnv* env, jstring s) {
    const char* c = env->GetStringUTFChars(s, nullptr);
    std::string r(c);
    env->ReleaseStringUTFChars(s, c);
    return r;
}
// DJL's data types by their ordinals; 8 stands for what is none of them.
static const torch::ScalarType TYPES[] = {torch::kFloat32, torch::kFloat64, torch::kFloat16, torch::kUInt8,
                                          torch::kInt32,   torch::kInt8,    torch::kInt64,   torch::kBool};
static torch::ScalarType dtype(jint d) {
    if (d < 0 || d >= 8) throw std::runtime_error("unknown data type");
    return TYPES[d];
}
static torch::Device device(JNIEnv* env, jintArray a) {
    jint d[2];
    env->GetIntArrayRegion(a, 0, 2, d);
    auto type = static_cast<torch::DeviceType>(d[0]);
    return type == torch::kCPU ? torch::Device(type)
                               : torch::Device(type, static_cast<c10::DeviceIndex>(d[1]));
}
static torch::TensorOptions opts(JNIEnv* env, jint d, jintArray dev) {
    auto o = torch::TensorOptions().device(device(env, dev));
    return d == 8 || d == 9 ? o : o.dtype(dtype(d));
}

// Settings

J(jboolean, torchIsGradMode) { return c10::GradMode::is_enabled(); }
J(void, torchSetGradMode, jboolean b) { c10::GradMode::set_enabled(b); }
J(jint, torchGetNumInteropThreads) { return at::get_num_interop_threads(); }
J(jint, torchGetNumThreads) { return at::get_num_threads(); }
J(void, torchSetNumThreads, jint n) { at::set_num_threads(n); }
J(void, torchSetNumInteropThreads, jint n) { at::set_num_interop_threads(n); }
J(void, torchSetBenchmarkCuDNN, jboolean b) { at::globalContext().setBenchmarkCuDNN(b); }
J(void, setGraphExecutorOptimize, jboolean) {}  // of other calls than those of this project
J(void, torchManualSeed, jlong s) { torch::manual_seed(s); }
J(void, torchCudaEmptyCache) {}                 // gives memory to other processes, and no numbers change
J(void, torchShowConfig, jobject set) {
    jmethodID add = env->GetMethodID(env->GetObjectClass(set), "add", "(Ljava/lang/Object;)Z");
    if (torch::cuda::is_available()) {
        env->CallBooleanMethod(set, add, env->NewStringUTF("CUDA"));
        env->CallBooleanMethod(set, add, env->NewStringUTF("CUDNN"));
    }
    env->CallBooleanMethod(set, add, env->NewStringUTF("OPENMP"));
}

// What a tensor is

J(jlongArray, torchSizes, jlong h) {
    auto s = T(h).sizes();
    jlongArray a = env->NewLongArray(s.size());
    env->SetLongArrayRegion(a, 0, s.size(), reinterpret_cast<const jlong*>(s.data()));
    return a;
}
J(jobject, torchDirectByteBuffer, jlong h) {
    return env->NewDirectByteBuffer(T(h).data_ptr(), T(h).nbytes());
}
J(jbyteArray, torchDataPtr, jlong h) {
    TRY
        Tensor t = T(h).contiguous();
        jbyteArray a = env->NewByteArray(t.nbytes());
        env->SetByteArrayRegion(a, 0, t.nbytes(), static_cast<const jbyte*>(t.data_ptr()));
        return a;
    ENDR
}
J(jboolean, torchIsContiguous, jlong h) { return T(h).is_contiguous(); }
J(jboolean, torchRequiresGrad, jlong h) { return T(h).requires_grad(); }
J(jint, torchDType, jlong h) {
    return static_cast<jint>(std::find(TYPES, TYPES + 8, T(h).scalar_type()) - TYPES);
}
J(jintArray, torchDevice, jlong h) {
    jint d[2] = {static_cast<jint>(T(h).device().type()), T(h).device().index()};
    jintArray a = env->NewIntArray(2);
    env->SetIntArrayRegion(a, 0, 2, d);
    return a;
}
J(jint, torchLayout, jlong h) {
    return T(h).layout() == torch::kStrided ? 0 : T(h).layout() == torch::kSparse ? 1 : 2;
}

// New tensors

J(jlong, torchTo, jlong h, jint d, jintArray dev) {
    TRY
        return H(T(h).to(device(env, dev), dtype(d), false, false));
    ENDR
}
J(jlong, torchToContiguous, jlong h) {
    TRY
        return H(T(h).contiguous());
    ENDR
}
J(jlong, tensorClone, jlong h) {
    TRY
        return H(T(h).clone());
    ENDR
}
J(jlong, torchZeros, jlongArray s, jint d, jint, jintArray dev, jboolean g) {
    TRY
        return H(torch::zeros(longs(env, s), opts(env, d, dev).requires_grad(g)));
    ENDR
}
J(jlong, torchOnes, jlongArray s, jint d, jint, jintArray dev, jboolean g) {
    TRY
        return H(torch::ones(longs(env, s), opts(env, d, dev).requires_grad(g)));
    ENDR
}
J(jlong, torchEmpty, jlongArray s, jint d, jint, jintArray dev, jboolean g) {
    TRY
        return H(torch::empty(longs(env, s), opts(env, d, dev).requires_grad(g)));
    ENDR
}
J(jlong, torchNormal, jdouble m, jdouble sd, jlongArray s, jint d, jint, jintArray dev, jboolean) {
    TRY
        return H(torch::empty(longs(env, s), opts(env, d, dev)).normal_(m, sd));
    ENDR
}
J(jlong, torchFromBlob, jobject buffer, jlongArray s, jint d, jint, jintArray dev, jboolean) {
    TRY
        auto to = device(env, dev);
        Tensor t = torch::from_blob(env->GetDirectBufferAddress(buffer), longs(env, s),
                                    torch::TensorOptions().dtype(dtype(d)));
        return H(to.is_cpu() ? t : t.to(to));
    ENDR
}
J(void, torchSet, jlong h, jobject buffer) {
    TRY
        torch::NoGradGuard g;
        Tensor t = torch::from_blob(env->GetDirectBufferAddress(buffer), T(h).sizes(),
                                    torch::TensorOptions().dtype(T(h).scalar_type()));
        T(h).copy_(t);
    END
}

// Arithmetic

#define OP1(name, expr)       \
    J(jlong, name, jlong a) { \
        TRY                   \
            return H(expr);   \
        ENDR                  \
    }
#define OP2(name, expr)                \
    J(jlong, name, jlong a, jlong b) { \
        TRY                            \
            return H(expr);            \
        ENDR                           \
    }
#define IN2(name, expr)               \
    J(void, name, jlong a, jlong b) { \
        TRY                           \
            expr;                     \
        END                           \
    }
OP2(torchAdd, T(a).add(T(b)))
OP2(torchSub, T(a).sub(T(b)))
OP2(torchMul, T(a).mul(T(b)))
OP2(torchTrueDivide, T(a).div(T(b)))
OP2(torchEq, T(a).eq(T(b)))
OP2(torchGt, T(a).gt(T(b)))
OP2(torchPow, T(a).pow(T(b)))
OP1(torchAbs, T(a).abs())
OP1(torchSqrt, T(a).sqrt())
OP1(torchIsNaN, T(a).isnan())
OP1(torchSum__J, T(a).sum())
OP1(torchMax__J, T(a).max())
OP1(torchMean__J, T(a).mean())
IN2(torchAddi, T(a).add_(T(b)))
IN2(torchSubi, T(a).sub_(T(b)))
IN2(torchMuli, T(a).mul_(T(b)))
J(jboolean, contentEqual, jlong a, jlong b) {
    TRY
        return torch::equal(T(a), T(b));
    ENDR
}
J(jlong, torchSum__J_3JZ, jlong a, jlongArray d, jboolean k) {
    TRY
        return H(T(a).sum(longs(env, d), k));
    ENDR
}
J(jlong, torchReshape, jlong a, jlongArray s) {
    TRY
        return H(T(a).reshape(longs(env, s)));
    ENDR
}
J(jlong, torchLogSoftmax, jlong a, jlong d, jint t) {
    TRY
        return H(T(a).log_softmax(d, dtype(t)));
    ENDR
}
J(jlong, torchSoftmax, jlong a, jlong d, jint t) {
    TRY
        return H(T(a).softmax(d, dtype(t)));
    ENDR
}

// Indexing

J(jlong, torchIndexInit, jint n) {
    auto* i = new Index();
    i->reserve(n);
    return reinterpret_cast<jlong>(i);
}
#define I(h) (*reinterpret_cast<Index*>(h))
J(jlong, torchIndexAdvGet, jlong a, jlong i) {
    TRY
        return H(T(a).index(I(i)));
    ENDR
}
J(void, torchIndexAdvPut, jlong a, jlong i, jlong d) {
    TRY
        T(a).index_put_(I(i), T(d));
    END
}
J(void, torchIndexAppendSlice, jlong i, jlong lo, jlong hi, jlong step, jint none) {
    c10::optional<c10::SymInt> a, b;
    if (!(none & 2)) a = c10::SymInt(lo);
    if (!(none & 1)) b = c10::SymInt(hi);
    I(i).emplace_back(torch::indexing::Slice(a, b, c10::SymInt(step)));
}
J(void, torchIndexAppendFixed, jlong i, jlong n) { I(i).emplace_back(static_cast<int64_t>(n)); }
J(void, torchIndexAppendArray, jlong i, jlong a) { I(i).emplace_back(T(a)); }
J(void, torchIndexAppendNoneEllipsis, jlong i, jboolean e) {
    if (e)
        I(i).emplace_back(torch::indexing::Ellipsis);
    else
        I(i).emplace_back(torch::indexing::None);
}

// Handles and gradients

J(void, torchDeleteTensor, jlong h) { delete reinterpret_cast<Tensor*>(h); }
J(void, torchDeleteIndex, jlong h) { delete reinterpret_cast<Index*>(h); }
J(void, torchDeleteModule, jlong h) { delete reinterpret_cast<torch::jit::Module*>(h); }
J(void, torchDeleteIValue, jlong h) { delete reinterpret_cast<torch::IValue*>(h); }
J(void, torchAttachGrad, jlong h, jboolean b) {
    TRY
        T(h).requires_grad_(b);
    END
}
J(jlong, torchGrad, jlong h) {
    TRY
        auto g = T(h).grad();
        return g.defined() ? H(g) : 0;
    ENDR
}
J(jlong, torchDetachGrad, jlong h) {
    TRY
        return H(T(h).detach());
    ENDR
}
J(void, torchBackward, jlong h, jlong g, jboolean keep, jboolean create) {
    TRY
        T(h).backward(T(g), keep, create);
    END
}

// Scripts

J(jlong, moduleLoad__Ljava_io_InputStream_2_3IZ_3BJ, jobject in, jintArray dev, jboolean map, jbyteArray buf,
  jlong size) {
    TRY
        jmethodID read = env->GetMethodID(env->GetObjectClass(in), "read", "([BII)I");
        std::string all;
        jint n = env->GetArrayLength(buf);
        std::vector<jbyte> part(n);
        while (size != 0) {
            jint want = size < 0 ? n : static_cast<jint>(std::min<jlong>(n, size));
            jint got = env->CallIntMethod(in, read, buf, 0, want);
            if (got <= 0) break;
            env->GetByteArrayRegion(buf, 0, got, part.data());
            all.append(reinterpret_cast<char*>(part.data()), got);
            if (size > 0) size -= got;
        }
        std::istringstream stream(all);
        auto to = device(env, dev);
        return reinterpret_cast<jlong>(new torch::jit::Module(torch::jit::load(stream, to)));
    ENDR
}
J(void, moduleEval, jlong h) {
    TRY
        M(h).eval();
    END
}
J(void, moduleTrain, jlong h) {
    TRY
        M(h).train(true);
    END
}
J(jlong, moduleRunMethod, jlong h, jstring name, jlongArray in, jboolean train, jboolean) {
    TRY
        auto handles = longs(env, in);
        std::vector<torch::IValue> args;
        for (auto v : handles) args.push_back(V(v));
        auto method = M(h).get_method(text(env, name));
        if (train) return reinterpret_cast<jlong>(new torch::IValue(method(std::move(args))));
        torch::NoGradGuard guard;
        return reinterpret_cast<jlong>(new torch::IValue(method(std::move(args))));
    ENDR
}
J(jlongArray, moduleGetParams, jlong h) {
    TRY
        std::vector<jlong> v;
        for (const auto& t : M(h).parameters()) v.push_back(H(t));
        jlongArray a = env->NewLongArray(v.size());
        env->SetLongArrayRegion(a, 0, v.size(), v.data());
        return a;
    ENDR
}
J(jobjectArray, moduleGetParamNames, jlong h) {
    TRY
        std::vector<std::string> v;
        for (const auto& t : M(h).named_parameters()) v.push_back(t.name);
        jobjectArray a = env->NewObjectArray(v.size(), env->FindClass("java/lang/String"), nullptr);
        for (size_t i = 0; i < v.size(); ++i)
            env->SetObjectArrayElement(a, i, env->NewStringUTF(v[i].c_str()));
        return a;
    ENDR
}
J(jlong, iValueFromTensor, jlong h) { return reinterpret_cast<jlong>(new torch::IValue(T(h))); }
J(jlong, iValueToTensor, jlong h) {
    TRY
        return H(V(h).toTensor());
    ENDR
}
J(jboolean, iValueIsTensor, jlong h) { return V(h).isTensor(); }
J(jboolean, iValueIsTuple, jlong h) { return V(h).isTuple(); }
J(jboolean, iValueIsTensorList, jlong h) { return V(h).isTensorList(); }
